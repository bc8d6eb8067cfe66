using System.Globalization;

namespace Pipeline.Shared.Messaging.InMemory;

/// <summary>A topic and its bound. Guarded by the log's gate.</summary>
internal sealed class MemoryTopic
{
    private readonly bool _isCompacted;
    private readonly long? _retentionMs;
    private readonly List<MemoryPartition> _partitions = [];

    public MemoryTopic(TopicDescription description)
    {
        (Name, Settings) = (description.Name, description.Settings);
        _isCompacted = description.Settings.GetValueOrDefault("cleanup.policy") == "compact";
        if (description.Settings.TryGetValue("retention.ms", out var text) && long.Parse(text, CultureInfo.InvariantCulture) is >= 0 and var retention)
            _retentionMs = retention;
        Grow(description.PartitionCount);
    }

    public string Name { get; }

    public IReadOnlyDictionary<string, string> Settings { get; }

    public IReadOnlyList<MemoryPartition> Partitions => _partitions;

    public TopicDescription Description => new(Name, _partitions.Count, Settings);

    private long LengthBytes => _partitions.Sum(p => p.LengthBytes);

    public void Grow(int partitionCount)
    {
        while (_partitions.Count < partitionCount)
            _partitions.Add(new MemoryPartition(new TopicPartition(Name, _partitions.Count), _isCompacted));
    }

    /// <summary>
    /// Makes room for a record: what is past its retention goes, then what every group has read, and in a topic that no group reads the oldest. False where the
    /// readers have to catch up first, and where a compacted topic has as many keys as it may.
    /// </summary>
    public bool MakeRoom(long recordBytes, long capacityBytes, long nowMs, IEnumerable<MemoryGroup> groups)
    {
        if (_retentionMs is { } retention)
            foreach (var partition in _partitions)
                partition.RemoveOlderThan(nowMs - retention);
        var excess = LengthBytes + recordBytes - capacityBytes;
        if (excess <= 0 || _isCompacted)
            return excess <= 0;
        var readers = groups.Where(g => g.Reads(Name)).ToList();
        // Rather a tenth at once than a little with every record.
        var wanted = excess + capacityBytes / 10;
        foreach (var partition in _partitions.OrderByDescending(p => p.LengthBytes))
        {
            var read = readers.Count == 0 ? long.MaxValue : readers.Min(g => g.CommittedOrStart(partition));
            wanted -= partition.RemoveBelow(read, wanted);
            if (wanted <= 0)
                break;
        }

        return LengthBytes + recordBytes <= capacityBytes;
    }
}
