namespace Pipeline.Shared.Messaging;

/// <summary>
/// Reads committed records as a member of a group that shares out a topic's partitions. For one thread; rebalances are cooperative: only partitions that move are
/// revoked. <see cref="IRecordReader.Assign"/> is not allowed here. Disposing leaves the group, unless the member is static.
/// </summary>
public interface IRecordConsumer : IRecordReader
{
    /// <summary>The partitions owned now.</summary>
    IReadOnlyCollection<TopicPartition> Assignment { get; }

    /// <summary>Proof of the place in the group, as of now; to be asked for each transaction anew.</summary>
    GroupMembership Membership { get; }

    /// <summary>Joins the group for these topics. Nothing happens before the first <see cref="IRecordReader.Poll"/>.</summary>
    void Subscribe(IReadOnlyList<string> topics, IAssignmentListener listener);

    /// <summary>
    /// The group's committed offset, once it is stable: an offset that an open transaction is about to move is waited for (KIP-447). Null when the group has
    /// none. Throws <see cref="LogUnavailableException"/>.
    /// </summary>
    long? Committed(TopicPartition partition, TimeSpan timeout);

    /// <summary>Commits offsets outside a transaction (each the next record to read). Throws <see cref="LogUnavailableException"/> when that could not be done.</summary>
    void Commit(IReadOnlyList<PartitionOffset> offsets);
}
