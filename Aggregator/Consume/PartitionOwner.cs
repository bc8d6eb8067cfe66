using Pipeline.Aggregator.Assemble;

namespace Pipeline.Aggregator.Consume;

/// <summary>One assigned partition, from its assignment to its revocation. A partition that comes back gets a new owner.</summary>
internal sealed class PartitionOwner(int partition) : IDisposable
{
    private long _idleSince;
    private long _idleStreamTimeMs;

    public int Partition => partition;

    /// <summary>Its traces, once what earlier owners decided has been read; null until then.</summary>
    public TraceShard? Shard { get; private set; }

    /// <summary>True while its take-over is under way.</summary>
    public bool IsLoading { get; set; }

    /// <summary>True while reading stands at the end of the partition.</summary>
    public bool IsAtEnd { get; private set; }

    public void Own(TraceShard shard)
    {
        Shard = shard;
        IsLoading = false;
        IsAtEnd = false;
    }

    /// <summary>Gives the traces up; the take-over begins again.</summary>
    public void Forget()
    {
        Shard?.Dispose();
        Shard = null;
        IsAtEnd = false;
    }

    /// <summary>A record came: stream time is the log's business again.</summary>
    public void OnRecord() => IsAtEnd = false;

    /// <summary>Reading stands at the end: from here on the clock moves stream time.</summary>
    public void OnEndOfPartition(long offset, long timestamp)
    {
        if (Shard is null)
            return;
        Shard.OnEndOfPartition(offset);
        IsAtEnd = true;
        _idleSince = timestamp;
        _idleStreamTimeMs = Shard.StreamTimeMs;
    }

    /// <summary>
    /// Moves stream time on while the partition is idle, by how long it has been: only the passing of time is taken from this process's clock, never the time of day.
    /// </summary>
    public void AdvanceIdle(TimeProvider time)
    {
        if (IsAtEnd && Shard is { StreamTimeMs: > 0 })
            Shard.AdvanceTo(_idleStreamTimeMs + (long)time.GetElapsedTime(_idleSince).TotalMilliseconds);
    }

    public void Dispose() => Forget();
}
