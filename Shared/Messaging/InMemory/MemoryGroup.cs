namespace Pipeline.Shared.Messaging.InMemory;

/// <summary>A consumer group: its members, who is to own what, and the committed offsets. Guarded by the log's gate.</summary>
internal sealed class MemoryGroup(string name)
{
    private readonly List<MemoryMember> _members = [];
    private readonly Dictionary<TopicPartition, long> _committed = [];

    public string Name => name;

    public int Generation { get; private set; }

    public bool Contains(MemoryMember member) => _members.Contains(member);

    public bool Reads(string topic) => _members.Any(m => m.Topics.Contains(topic)) || _committed.Keys.Any(p => p.Topic == topic);

    public long? Committed(TopicPartition partition) => _committed.TryGetValue(partition, out var offset) ? offset : null;

    public long CommittedOrStart(MemoryPartition partition) => Committed(partition.Name) ?? partition.Start;

    public void Commit(PartitionOffset offset) => _committed[offset.Partition] = offset.Offset;

    /// <summary>Adds a member; one with the same instance id steps aside, and its place goes to the new one.</summary>
    public void Join(MemoryMember member)
    {
        var older = member.Settings.InstanceId is { } id ? _members.Find(m => m.Settings.InstanceId == id) : null;
        if (older is not null)
        {
            member.Target.UnionWith(older.Target);
            older.IsFenced = true;
            _members.Remove(older);
        }

        _members.Add(member);
    }

    public void Leave(MemoryMember member)
    {
        _members.Remove(member);
        member.Owned.Clear();
    }

    /// <summary>Removes members that have not polled for longer than their session timeout.</summary>
    public bool Expire(TimeProvider time) => _members.RemoveAll(m => IsExpired(m, time)) > 0;

    /// <summary>Who owns a partition now; null when it is free.</summary>
    public bool IsFree(TopicPartition partition) => !_members.Exists(m => m.Owned.Contains(partition));

    /// <summary>Shares the partitions out anew, leaving as many as possible where they are.</summary>
    public void Rebalance(Func<string, IEnumerable<TopicPartition>> partitionsOf)
    {
        Generation++;
        foreach (var topic in _members.SelectMany(m => m.Topics).Distinct().ToList())
        {
            var readers = _members.Where(m => m.Topics.Contains(topic)).ToList();
            Share(topic, [.. partitionsOf(topic)], readers);
        }
    }

    private static bool IsExpired(MemoryMember member, TimeProvider time) => time.GetElapsedTime(member.LastSeen) > member.Settings.SessionTimeout;

    private static void Share(string topic, List<TopicPartition> partitions, List<MemoryMember> readers)
    {
        var quota = partitions.Count / readers.Count;
        var extra = partitions.Count % readers.Count;
        var free = new Queue<TopicPartition>();
        var taken = new HashSet<TopicPartition>();
        var room = new Dictionary<MemoryMember, int>();
        foreach (var member in readers.OrderByDescending(m => m.Target.Count(p => p.Topic == topic)))
        {
            var limit = quota + (extra-- > 0 ? 1 : 0);
            var kept = member.Target.Where(p => p.Topic == topic && partitions.Contains(p) && !taken.Contains(p)).OrderBy(p => p.Partition).Take(limit).ToList();
            member.Target.RemoveWhere(p => p.Topic == topic);
            member.Target.UnionWith(kept);
            taken.UnionWith(kept);
            room[member] = limit - kept.Count;
        }

        foreach (var partition in partitions.Where(p => !taken.Contains(p)))
            free.Enqueue(partition);
        foreach (var (member, count) in room)
            for (var i = 0; i < count && free.Count > 0; i++)
                member.Target.Add(free.Dequeue());
    }
}
