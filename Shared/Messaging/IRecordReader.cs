namespace Pipeline.Shared.Messaging;

/// <summary>
/// Reads committed records of partitions that its owner names, outside any group. For one thread. Aborted records are never seen; offsets may have gaps.
/// </summary>
public interface IRecordReader : IDisposable
{
    /// <summary>Reads these partitions from these offsets on, and no others. An offset of −2 means the oldest, −1 the end.</summary>
    void Assign(IReadOnlyList<PartitionOffset> positions);

    /// <summary>
    /// Waits up to this long for the next thing to happen. Throws <see cref="ConsumerFencedException"/>, and in a group whatever the
    /// <see cref="IAssignmentListener"/> threw; the rebalance that it was told of has happened all the same.
    /// </summary>
    PollResult Poll(TimeSpan timeout);

    /// <summary>Goes on at another offset of an assigned partition; records already fetched beyond it are forgotten.</summary>
    void Seek(PartitionOffset position);

    /// <summary>Brings no more records of these partitions until <see cref="Resume"/>; their position stays.</summary>
    void Pause(IReadOnlyCollection<TopicPartition> partitions);

    /// <summary>Brings records of these partitions again, from where they stood.</summary>
    void Resume(IReadOnlyCollection<TopicPartition> partitions);

    /// <summary>The offset of the next record that <see cref="Poll"/> will bring of an assigned partition; −1 while that is not known.</summary>
    long Position(TopicPartition partition);

    /// <summary>What a partition holds now. Throws <see cref="LogUnavailableException"/>.</summary>
    LogRange QueryRange(TopicPartition partition, TimeSpan timeout);

    /// <summary>
    /// The offset of the first record at or after this time (milliseconds since the Unix epoch), or the end where there is none. Throws <see cref="LogUnavailableException"/>.
    /// </summary>
    long OffsetForTime(TopicPartition partition, long timestampMs, TimeSpan timeout);
}
