namespace Pipeline.Shared.Messaging.InMemory;

/// <summary>
/// A member of a group on the log in memory. Partitions move cooperatively: the old owner gives them up inside its own poll, and only then may the new one have them.
/// </summary>
internal sealed class InMemoryConsumer(InMemoryLog log, ConsumerSettings settings) : InMemoryReader(log), IRecordConsumer
{
    // How long a poll sleeps before it looks for members that have gone silent.
    private static readonly TimeSpan ExpiryCheck = TimeSpan.FromMilliseconds(100);

    private MemoryMember? _member;
    private IAssignmentListener? _listener;
    private IReadOnlyList<string> _topics = [];

    public IReadOnlyCollection<TopicPartition> Assignment
    {
        get
        {
            lock (Log.Gate)
                return _member is null ? [] : [.. _member.Owned];
        }
    }

    public GroupMembership Membership
    {
        get
        {
            lock (Log.Gate)
                return _member is null
                    ? throw new InvalidOperationException("The consumer has not joined its group.")
                    : new MemoryMembership(Group, _member, _member.Generation);
        }
    }

    private MemoryGroup Group => Log.Group(settings.Group);

    public override void Assign(IReadOnlyList<PartitionOffset> positions) =>
        throw new InvalidOperationException("A member of a group does not choose its partitions.");

    public void Subscribe(IReadOnlyList<string> topics, IAssignmentListener listener) => (_topics, _listener) = (topics, listener);

    public override PollResult Poll(TimeSpan timeout)
    {
        var deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        while (true)
        {
            TakePart();
            var left = TimeSpan.FromMilliseconds(Math.Max(0, deadline - Environment.TickCount64));
            PollResult result;
            lock (Log.Gate)
                result = HasChange() ? PollResult.Nothing : Await(left < ExpiryCheck ? left : ExpiryCheck, () => HasChange() ? new PollResult(PollOutcome.Trouble) : Cursors.Next());
            if (result.Outcome is not (PollOutcome.Nothing or PollOutcome.Trouble))
                return result;
            if (left == TimeSpan.Zero)
                return PollResult.Nothing;
        }
    }

    public long? Committed(TopicPartition partition, TimeSpan timeout)
    {
        var deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        lock (Log.Gate)
        {
            while (Log.IsOffsetPending(Group, partition))
            {
                var left = deadline - Environment.TickCount64;
                if (left <= 0)
                    throw new LogUnavailableException($"An open transaction is about to move the committed offset of {partition}.");
                Monitor.Wait(Log.Gate, TimeSpan.FromMilliseconds(left));
            }

            return Group.Committed(partition);
        }
    }

    public void Commit(IReadOnlyList<PartitionOffset> offsets)
    {
        lock (Log.Gate)
        {
            if (_member is null || !Group.Contains(_member) || offsets.Any(o => !_member.Owned.Contains(o.Partition)))
                throw new LogUnavailableException("Offsets were not committed: a partition is not this member's any more.");
            foreach (var offset in offsets)
                Group.Commit(offset);
            Monitor.PulseAll(Log.Gate);
        }
    }

    public override void Dispose()
    {
        try
        {
            TellLast(Assignment.ToList());
        }
        finally
        {
            Leave();
            base.Dispose();
        }
    }

    private void TellLast(List<TopicPartition> owned)
    {
        bool isMember;
        lock (Log.Gate)
            isMember = _member is not null && Group.Contains(_member);
        if (owned.Count > 0 && isMember)
            _listener!.OnRevoked(owned);
        else if (owned.Count > 0)
            _listener!.OnLost(owned);
    }

    // A static member's place is kept until its session times out, or until it comes back.
    private void Leave()
    {
        lock (Log.Gate)
        {
            if (_member is not null && settings.InstanceId is null && Group.Contains(_member))
            {
                Group.Leave(_member);
                Log.Rebalance(Group);
            }

            _member = null;
        }
    }

    // One step of membership at a time: join, lose, give up, take on. Listeners are called without the gate.
    private void TakePart()
    {
        if (NoteSeen() is { Count: > 0 } lost)
            _listener!.OnLost(lost);
        if (Surplus() is { Count: > 0 } surplus)
            Revoke(surplus);
        if (Available() is { Count: > 0 } available)
            TakeOn(available);
    }

    private void Revoke(List<TopicPartition> partitions)
    {
        try
        {
            _listener!.OnRevoked(partitions);
        }
        finally
        {
            GiveUp(partitions);
        }
    }

    private void TakeOn(List<TopicPartition> partitions)
    {
        IReadOnlyList<PartitionOffset> chosen = [];
        try
        {
            chosen = _listener!.OnAssigned(partitions);
        }
        finally
        {
            Read(partitions, chosen);
        }
    }

    private List<TopicPartition> NoteSeen()
    {
        lock (Log.Gate)
        {
            if (_member is { IsFenced: true })
                throw new ConsumerFencedException($"Another member of the group {settings.Group} has the instance id {settings.InstanceId} now.");
            var lost = TakeLost();
            var joins = _member is null;
            if (joins)
            {
                _member = new MemoryMember(settings, _topics);
                Group.Join(_member);
            }

            _member!.LastSeen = Log.Time.GetTimestamp();
            if (Group.Expire(Log.Time) || joins)
                Log.Rebalance(Group);
            return lost;
        }
    }

    private List<TopicPartition> TakeLost()
    {
        if (_member is null || Group.Contains(_member))
            return [];
        List<TopicPartition> lost = [.. _member.Owned];
        Cursors.Clear();
        _member = null;
        return lost;
    }

    private bool HasChange() => _member is null || !Group.Contains(_member) || _member.Owned.Any(p => !_member.Target.Contains(p)) || _member.Target.Any(IsAvailable);

    // Where the last owner's transaction is still to move the offset, nobody can say yet where to begin.
    private bool IsAvailable(TopicPartition partition) => !_member!.Owned.Contains(partition) && Group.IsFree(partition) && !Log.IsOffsetPending(Group, partition);

    private List<TopicPartition> Surplus()
    {
        lock (Log.Gate)
        {
            // From here on the member takes part in the newest generation.
            _member!.Generation = Group.Generation;
            return [.. _member.Owned.Where(p => !_member.Target.Contains(p)).OrderBy(p => p.Partition)];
        }
    }

    private void GiveUp(List<TopicPartition> partitions)
    {
        lock (Log.Gate)
        {
            foreach (var partition in partitions)
            {
                _member!.Owned.Remove(partition);
                Cursors.Remove(partition);
            }

            Monitor.PulseAll(Log.Gate);
        }
    }

    private List<TopicPartition> Available()
    {
        lock (Log.Gate)
        {
            var available = _member!.Target.Where(IsAvailable).OrderBy(p => p.Partition).ToList();
            _member.Owned.UnionWith(available);
            return available;
        }
    }

    private void Read(List<TopicPartition> partitions, IReadOnlyList<PartitionOffset> explicitly)
    {
        lock (Log.Gate)
        {
            foreach (var partition in partitions)
            {
                var chosen = explicitly.FirstOrDefault(o => o.Partition == partition);
                Cursors.Add(chosen.Partition == partition ? chosen : new PartitionOffset(partition, Group.Committed(partition) ?? -2));
            }
        }
    }
}
