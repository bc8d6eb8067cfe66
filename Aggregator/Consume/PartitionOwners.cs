using Pipeline.Aggregator.Assemble;
using Pipeline.Aggregator.Diagnostics;
using Pipeline.Shared.Messaging;

namespace Pipeline.Aggregator.Consume;

/// <summary>The partitions that are assigned to this instance now. One owner, the consuming thread.</summary>
internal sealed class PartitionOwners(AggregatorMetrics metrics)
{
    private readonly Dictionary<int, PartitionOwner> _owners = [];

    public IReadOnlyCollection<PartitionOwner> All => _owners.Values;

    /// <summary>The shards whose take-over is complete.</summary>
    public IReadOnlyList<TraceShard> Shards => [.. _owners.Values.Where(o => o.Shard is not null).Select(o => o.Shard!)];

    /// <summary>Those whose replay is complete as well: a step may speak for them.</summary>
    public IReadOnlyList<TraceShard> Committable => [.. Shards.Where(s => !s.IsReplaying)];

    public PartitionOwner? Find(int partition) => _owners.GetValueOrDefault(partition);

    public void Add(IEnumerable<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
            _owners[partition.Partition] = new PartitionOwner(partition.Partition);
    }

    public void Remove(IEnumerable<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            if (!_owners.Remove(partition.Partition, out var owner))
                continue;
            owner.Dispose();
            metrics.Forget(partition.Partition);
        }
    }

    /// <summary>Gives up all traces; every partition is taken over afresh.</summary>
    public void ForgetAll()
    {
        foreach (var owner in _owners.Values)
            owner.Forget();
    }
}
