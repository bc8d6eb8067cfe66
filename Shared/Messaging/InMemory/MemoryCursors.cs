namespace Pipeline.Shared.Messaging.InMemory;

/// <summary>Where a reader stands in each of its partitions, and whose turn it is. Guarded by the log's gate.</summary>
internal sealed class MemoryCursors(InMemoryLog log)
{
    private readonly List<MemoryCursor> _cursors = [];
    private int _turn;

    public void Add(PartitionOffset position)
    {
        var partition = log.Partition(position.Partition);
        var offset = position.Offset switch
        {
            -2 => partition.Start,
            -1 => partition.CommittedEnd,
            var explicitly => explicitly,
        };
        _cursors.Add(new MemoryCursor(partition, offset));
    }

    public void Remove(TopicPartition partition) => _cursors.RemoveAll(c => c.Partition.Name == partition);

    public void Clear() => _cursors.Clear();

    public MemoryCursor? Find(TopicPartition partition) => _cursors.Find(c => c.Partition.Name == partition);

    public MemoryCursor Get(TopicPartition partition) => Find(partition) ?? throw new InvalidOperationException($"{partition} is not assigned.");

    /// <summary>The next thing of any partition that is not paused; the partitions take turns.</summary>
    public PollResult Next()
    {
        for (var i = 0; i < _cursors.Count; i++)
        {
            _turn = (_turn + 1) % _cursors.Count;
            if (_cursors[_turn].IsPaused)
                continue;
            var result = _cursors[_turn].Next();
            if (result.Outcome != PollOutcome.Nothing)
                return result;
        }

        return PollResult.Nothing;
    }
}
