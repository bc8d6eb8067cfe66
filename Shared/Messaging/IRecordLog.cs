namespace Pipeline.Shared.Messaging;

/// <summary>A partitioned, ordered, durable log of records: Kafka, or memory. The source of everybody who reads or writes it.</summary>
public interface IRecordLog : IDisposable
{
    /// <summary>A producer that is idempotent but not transactional.</summary>
    IRecordProducer CreateProducer();

    /// <summary>A transactional producer; <paramref name="transactionalId"/> is stable over restarts and unique among living instances. Call <see cref="ITransactionalProducer.Initialize"/> first.</summary>
    ITransactionalProducer CreateTransactionalProducer(string transactionalId);

    /// <summary>A member of a group. A group without offsets starts at the oldest record.</summary>
    IRecordConsumer CreateConsumer(ConsumerSettings settings);

    /// <summary>A reader outside any group.</summary>
    IRecordReader CreateReader();

    /// <summary>Describes topics; one that does not exist has no partitions. Throws <see cref="LogUnavailableException"/>.</summary>
    Task<IReadOnlyList<TopicDescription>> DescribeTopicsAsync(IReadOnlyList<string> names, CancellationToken cancellation);

    /// <summary>Creates the topics that do not exist; those that do stay as they are. Throws <see cref="LogUnavailableException"/>.</summary>
    Task CreateTopicsAsync(IReadOnlyList<TopicDescription> topics, CancellationToken cancellation);

    /// <summary>Raises a topic's partition count. Members of groups on it get the new partitions at their next rebalance.</summary>
    Task GrowTopicAsync(string topic, int partitionCount, CancellationToken cancellation);
}
