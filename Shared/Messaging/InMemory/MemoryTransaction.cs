namespace Pipeline.Shared.Messaging.InMemory;

/// <summary>The state of one transaction, shared by all records that it wrote.</summary>
internal sealed class MemoryTransaction
{
    public bool IsOpen { get; private set; } = true;

    public bool IsAborted { get; private set; }

    /// <summary>The partitions that it wrote to.</summary>
    public HashSet<MemoryPartition> Partitions { get; } = [];

    /// <summary>Offsets that it moves when it commits.</summary>
    public List<(MemoryGroup Group, PartitionOffset Offset)> Offsets { get; } = [];

    public void End(bool commit) => (IsOpen, IsAborted) = (false, !commit);
}
