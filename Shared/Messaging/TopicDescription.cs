namespace Pipeline.Shared.Messaging;

/// <summary>A topic as it is, or as it should be.</summary>
/// <param name="Name">Its name.</param>
/// <param name="PartitionCount">How many partitions; 0 when the topic does not exist.</param>
/// <param name="Settings">Topic settings under Kafka's names (<c>cleanup.policy</c>, <c>retention.ms</c>, <c>message.timestamp.type</c>, …).</param>
public sealed record TopicDescription(string Name, int PartitionCount, IReadOnlyDictionary<string, string> Settings);
