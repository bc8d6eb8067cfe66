using Pipeline.Shared.Messaging;

namespace Pipeline.TestKit.Messaging;

/// <summary>A member of a group, and all that it was told.</summary>
public sealed class GroupMember : IAssignmentListener, IDisposable
{
    public GroupMember(IRecordLog log, ConsumerSettings settings, params string[] topics)
    {
        Consumer = log.CreateConsumer(settings);
        Consumer.Subscribe(topics, this);
    }

    public IRecordConsumer Consumer { get; }

    /// <summary>What it owns, by what it was told.</summary>
    public HashSet<TopicPartition> Owned { get; } = [];

    public List<TopicPartition> Revoked { get; } = [];

    public List<TopicPartition> Lost { get; } = [];

    public List<TopicPartition> Assigned { get; } = [];

    public List<Record> Records { get; } = [];

    public List<PollResult> Others { get; } = [];

    public Func<IReadOnlyList<TopicPartition>, IReadOnlyList<PartitionOffset>> WhenAssigned { get; set; } = _ => [];

    public Action<IReadOnlyList<TopicPartition>> WhenRevoked { get; set; } = _ => { };

    public void Poll(int milliseconds = 20)
    {
        var result = Consumer.Poll(TimeSpan.FromMilliseconds(milliseconds));
        if (result.Outcome == PollOutcome.Record)
            Records.Add(result.Record!);
        else if (result.Outcome != PollOutcome.Nothing)
            Others.Add(result);
    }

    public bool HasSeenEndOf(TopicPartition partition) => Others.Any(o => o.Outcome == PollOutcome.EndOfPartition && o.Partition == partition);

    public void Dispose() => Consumer.Dispose();

    IReadOnlyList<PartitionOffset> IAssignmentListener.OnAssigned(IReadOnlyList<TopicPartition> partitions)
    {
        Assigned.AddRange(partitions);
        Owned.UnionWith(partitions);
        return WhenAssigned(partitions);
    }

    void IAssignmentListener.OnRevoked(IReadOnlyList<TopicPartition> partitions)
    {
        Revoked.AddRange(partitions);
        Owned.ExceptWith(partitions);
        WhenRevoked(partitions);
    }

    void IAssignmentListener.OnLost(IReadOnlyList<TopicPartition> partitions)
    {
        Lost.AddRange(partitions);
        Owned.ExceptWith(partitions);
    }
}
