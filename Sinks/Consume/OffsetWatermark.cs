namespace Pipeline.Sinks.Consume;

/// <summary>
/// How far one partition is done: offsets are taken in order, acknowledged in any order, and may be committed only up to the first that is still open. Single owner.
/// </summary>
internal sealed class OffsetWatermark
{
    private readonly Queue<long> _taken = new();
    private readonly HashSet<long> _acknowledged = [];
    private long _committed = -1;
    private long _done = -1;
    private long _end = -1;

    /// <summary>How many offsets are taken and not acknowledged.</summary>
    public int OpenCount => _taken.Count - _acknowledged.Count;

    /// <summary>The offset to commit (the next record to read), or null where there is nothing new to say.</summary>
    public long? Committable => _done > _committed ? _done : null;

    /// <summary>Takes an offset; each must be greater than the one before.</summary>
    public void Take(long offset) => _taken.Enqueue(offset);

    /// <summary>An offset taken has its final verdict.</summary>
    public void Acknowledge(long offset)
    {
        _acknowledged.Add(offset);
        while (_taken.TryPeek(out var first) && _acknowledged.Remove(first))
            _done = _taken.Dequeue() + 1;
        SkipGap();
    }

    /// <summary>There is nothing more to read below this offset than what was taken: control records, gaps. Counts once all that was taken has its verdict.</summary>
    public void SkipTo(long offset)
    {
        _end = offset;
        SkipGap();
    }

    /// <summary>This offset has been committed.</summary>
    public void OnCommitted(long offset) => _committed = Math.Max(_committed, offset);

    private void SkipGap()
    {
        if (_taken.Count == 0)
            _done = Math.Max(_done, _end);
    }
}
