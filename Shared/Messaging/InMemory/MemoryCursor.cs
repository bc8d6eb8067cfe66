namespace Pipeline.Shared.Messaging.InMemory;

/// <summary>Where one reader stands in one partition. Guarded by the log's gate.</summary>
internal sealed class MemoryCursor(MemoryPartition partition, long offset)
{
    public MemoryPartition Partition => partition;

    public long Offset { get; private set; } = offset;

    public bool IsPaused { get; set; }

    private bool _isEndTold;

    public void Seek(long offset) => (Offset, _isEndTold) = (offset, false);

    /// <summary>The next thing to tell, and stands behind it.</summary>
    public PollResult Next()
    {
        if (Offset < partition.Start)
        {
            var lostFrom = Offset;
            Seek(partition.Start);
            return new PollResult(PollOutcome.OffsetsLost, Partition: partition.Name, Offset: Offset, LostFrom: lostFrom);
        }

        if (partition.Find(Offset) is { } record)
        {
            Seek(record.Offset + 1);
            return new PollResult(PollOutcome.Record, record);
        }

        // The end moves without a record where a transaction was aborted, or records were replaced.
        if (_isEndTold && Offset >= partition.CommittedEnd)
            return PollResult.Nothing;
        _isEndTold = true;
        Offset = Math.Max(Offset, partition.CommittedEnd);
        return new PollResult(PollOutcome.EndOfPartition, Partition: partition.Name, Offset: Offset);
    }
}
