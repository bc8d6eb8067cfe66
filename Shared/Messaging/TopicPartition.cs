namespace Pipeline.Shared.Messaging;

/// <summary>One partition of a topic.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="Partition">From 0 to the topic's partition count less one.</param>
public readonly record struct TopicPartition(string Topic, int Partition)
{
    /// <summary>As Kafka's tools print it: <c>topic-3</c>.</summary>
    public override string ToString() => $"{Topic}-{Partition}";
}
