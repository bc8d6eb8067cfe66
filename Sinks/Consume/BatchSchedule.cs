namespace Pipeline.Sinks.Consume;

/// <summary>When a batch is to be written: by spans, by bytes, or by how long its first record has waited. Pure but for the clock that it is given.</summary>
internal sealed class BatchSchedule(int maxSpans, long maxBytes, TimeSpan interval, TimeProvider time)
{
    private long _firstAt;

    /// <summary>Spans added since the batch began.</summary>
    public int SpanCount { get; private set; }

    /// <summary>Bytes of the records added since the batch began.</summary>
    public long LengthBytes { get; private set; }

    /// <summary>Records added since the batch began.</summary>
    public int RecordCount { get; private set; }

    /// <summary>True when nothing more should be added.</summary>
    public bool IsFull => SpanCount >= maxSpans || LengthBytes >= maxBytes;

    /// <summary>True when the batch is to be written now.</summary>
    public bool IsDue => RecordCount > 0 && (IsFull || time.GetElapsedTime(_firstAt) >= interval);

    /// <summary>How long until the batch is due if nothing more comes; the whole interval for an empty one.</summary>
    public TimeSpan Remaining
    {
        get
        {
            if (RecordCount == 0)
                return interval;
            var left = IsFull ? TimeSpan.Zero : interval - time.GetElapsedTime(_firstAt);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>A record was added.</summary>
    public void Add(int spans, long bytes)
    {
        if (RecordCount++ == 0)
            _firstAt = time.GetTimestamp();
        SpanCount += spans;
        LengthBytes += bytes;
    }

    /// <summary>Records were taken out again.</summary>
    public void Remove(int records, int spans, long bytes) =>
        (RecordCount, SpanCount, LengthBytes) = (RecordCount - records, SpanCount - spans, LengthBytes - bytes);

    /// <summary>A new batch begins.</summary>
    public void Restart() => (RecordCount, SpanCount, LengthBytes) = (0, 0, 0);
}
