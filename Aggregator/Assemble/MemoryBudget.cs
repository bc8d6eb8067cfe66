namespace Pipeline.Aggregator.Assemble;

/// <summary>What the undecided traces of all partitions of this process may take together. One owner, the consuming thread.</summary>
internal sealed class MemoryBudget(long limitBytes)
{
    public long UsedBytes { get; private set; }

    public bool IsExceeded => UsedBytes > limitBytes;

    /// <summary>How far use must fall before forced decisions stop: a little below the limit, so that not every span forces one.</summary>
    public bool IsRelieved => UsedBytes <= limitBytes / 10 * 9;

    public void Add(long bytes) => UsedBytes += bytes;

    public void Remove(long bytes) => UsedBytes -= bytes;
}
