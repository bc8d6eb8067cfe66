namespace Pipeline.Shared.Messaging.InMemory;

/// <summary>Reads the log in memory outside any group.</summary>
internal class InMemoryReader(InMemoryLog log) : IRecordReader
{
    protected InMemoryLog Log => log;

    protected MemoryCursors Cursors { get; } = new(log);

    public virtual void Assign(IReadOnlyList<PartitionOffset> positions)
    {
        lock (log.Gate)
        {
            Cursors.Clear();
            foreach (var position in positions)
                Cursors.Add(position);
        }
    }

    public virtual PollResult Poll(TimeSpan timeout)
    {
        lock (log.Gate)
            return Await(timeout, Cursors.Next);
    }

    public void Seek(PartitionOffset position)
    {
        lock (log.Gate)
            Cursors.Get(position.Partition).Seek(position.Offset);
    }

    public void Pause(IReadOnlyCollection<TopicPartition> partitions) => SetPaused(partitions, true);

    public void Resume(IReadOnlyCollection<TopicPartition> partitions) => SetPaused(partitions, false);

    public long Position(TopicPartition partition)
    {
        lock (log.Gate)
            return Cursors.Find(partition)?.Offset ?? -1;
    }

    public LogRange QueryRange(TopicPartition partition, TimeSpan timeout)
    {
        lock (log.Gate)
        {
            var found = log.Partition(partition);
            return new LogRange(found.Start, found.CommittedEnd, found.End);
        }
    }

    public long OffsetForTime(TopicPartition partition, long timestampMs, TimeSpan timeout)
    {
        lock (log.Gate)
            return log.Partition(partition).OffsetForTime(timestampMs);
    }

    public virtual void Dispose()
    {
        lock (log.Gate)
            Cursors.Clear();
    }

    /// <summary>Waits until something comes, with the gate held in between. Waits are real time, whatever clock stamps the records.</summary>
    protected PollResult Await(TimeSpan timeout, Func<PollResult> next)
    {
        var deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        while (true)
        {
            var result = next();
            var left = deadline - Environment.TickCount64;
            if (result.Outcome != PollOutcome.Nothing || left <= 0)
                return result;
            Monitor.Wait(log.Gate, TimeSpan.FromMilliseconds(left));
        }
    }

    private void SetPaused(IReadOnlyCollection<TopicPartition> partitions, bool paused)
    {
        lock (log.Gate)
            foreach (var partition in partitions)
                Cursors.Get(partition).IsPaused = paused;
    }
}
