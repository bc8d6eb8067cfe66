namespace Pipeline.Shared.Messaging.InMemory;

/// <summary>A consumer's place in its group at one moment.</summary>
internal sealed class MemoryMembership(MemoryGroup group, MemoryMember member, int generation) : GroupMembership
{
    public MemoryGroup Group => group;

    /// <summary>True while the member is of the group and still in the generation that it was in then.</summary>
    public bool IsCurrent => group.Contains(member) && member.Generation == generation;

    public bool Owns(TopicPartition partition) => member.Owned.Contains(partition);
}
