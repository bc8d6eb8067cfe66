namespace Pipeline.Shared.Messaging.InMemory;

/// <summary>The records of one partition, in order; offsets have gaps where records were replaced or aborted. Guarded by the log's gate.</summary>
internal sealed class MemoryPartition(TopicPartition name, bool isCompacted)
{
    private readonly List<MemoryEntry> _entries = [];
    private readonly Dictionary<string, MemoryEntry> _latestByKey = [];
    private readonly LinkedList<(long FirstOffset, MemoryTransaction Transaction)> _open = new();
    private int _replacedCount;

    public TopicPartition Name => name;

    public long Start { get; private set; }

    public long End { get; private set; }

    /// <summary>The last stable offset: nothing at or above it is visible yet.</summary>
    public long CommittedEnd => _open.First?.Value.FirstOffset ?? End;

    public long LengthBytes { get; private set; }

    public long Append(long timestampMs, byte[] key, byte[]? value, IReadOnlyList<RecordHeader> headers, MemoryTransaction? transaction)
    {
        var entry = new MemoryEntry(new Record(name, End, timestampMs, key, value, headers), transaction);
        _entries.Add(entry);
        LengthBytes += entry.LengthBytes;
        if (transaction is not null && transaction.Partitions.Add(this))
            _open.AddLast((End, transaction));
        if (transaction is null)
            Compact(entry);
        return End++;
    }

    /// <summary>A transaction that wrote here has ended.</summary>
    public void OnEnded(MemoryTransaction transaction)
    {
        var node = _open.First;
        while (node is not null && node.Value.Transaction != transaction)
            node = node.Next;
        var first = node!.Value.FirstOffset;
        _open.Remove(node);
        if (isCompacted && !transaction.IsAborted)
            for (var i = IndexOf(first); i < _entries.Count; i++)
                if (_entries[i].Transaction == transaction)
                    Compact(_entries[i]);
    }

    /// <summary>The first visible record at or after an offset, below the committed end; null where there is none.</summary>
    public Record? Find(long offset)
    {
        for (var i = IndexOf(offset); i < _entries.Count && _entries[i].Record.Offset < CommittedEnd; i++)
            if (_entries[i].IsVisible)
                return _entries[i].Record;
        return null;
    }

    public long OffsetForTime(long timestampMs) =>
        _entries.Find(e => e.Record.TimestampMs >= timestampMs) is { } entry ? Math.Min(entry.Record.Offset, CommittedEnd) : CommittedEnd;

    /// <summary>Removes the oldest records below an offset until this many bytes are free; returns how many were.</summary>
    public long RemoveBelow(long offset, long bytes)
    {
        var count = 0;
        long freed = 0;
        var limit = Math.Min(offset, CommittedEnd);
        while (count < _entries.Count && freed < bytes && _entries[count].Record.Offset < limit)
            freed += _entries[count++].LengthBytes;
        Remove(count, freed);
        return freed;
    }

    /// <summary>Removes what is older than this time.</summary>
    public void RemoveOlderThan(long timestampMs)
    {
        if (_entries.Count > 0 && _entries[0].Record.TimestampMs < timestampMs)
        {
            var count = 0;
            long freed = 0;
            while (count < _entries.Count && _entries[count].Record.TimestampMs < timestampMs && _entries[count].Record.Offset < CommittedEnd)
                freed += _entries[count++].LengthBytes;
            Remove(count, freed);
        }
    }

    private void Remove(int count, long freed)
    {
        if (count == 0)
            return;
        _replacedCount -= _entries.Take(count).Count(e => e.IsReplaced);
        _entries.RemoveRange(0, count);
        LengthBytes -= freed;
        Start = _entries.Count > 0 ? _entries[0].Record.Offset : End;
    }

    // A compacted topic keeps the latest record of each key; a tombstone goes with what it deletes.
    private void Compact(MemoryEntry entry)
    {
        if (!isCompacted)
            return;
        var key = Convert.ToBase64String(entry.Record.Key);
        if (_latestByKey.TryGetValue(key, out var older))
            Replace(older);
        if (entry.Record.Value is null)
            _latestByKey.Remove(key);
        else
            _latestByKey[key] = entry;
        if (entry.Record.Value is null)
            Replace(entry);
        if (_replacedCount <= 1024 || _replacedCount <= _entries.Count / 2)
            return;
        _entries.RemoveAll(e => e.IsReplaced);
        _replacedCount = 0;
    }

    private void Replace(MemoryEntry entry)
    {
        entry.IsReplaced = true;
        _replacedCount++;
        LengthBytes -= entry.LengthBytes;
    }

    private int IndexOf(long offset)
    {
        var (low, high) = (0, _entries.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_entries[middle].Record.Offset < offset)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
