using Pipeline.Shared.Messaging;
using Xunit;

namespace Pipeline.TestKit.Messaging;

/// <summary>Groups.</summary>
public abstract partial class RecordLogConformance
{
    [Fact]
    public async Task Members_share_the_partitions_and_get_them_back()
    {
        var topic = await NewTopicAsync(4);
        var group = NewName("group");
        var first = Join(group, topic);
        PollUntil("one member has all", () => first.Owned.Count == 4, first);

        using (var second = new GroupMember(Log, new ConsumerSettings { Group = group, SessionTimeout = SessionTimeout }, topic))
        {
            PollUntil("two members have half each", () => first.Owned.Count == 2 && second.Owned.Count == 2, first, second);
            AssertOneOwnerEach([first, second]);
            Assert.Equal(first.Owned.Order(ByNumber), first.Consumer.Assignment.Order(ByNumber));
            Assert.Equal(second.Owned.Order(ByNumber), second.Consumer.Assignment.Order(ByNumber));
            // Cooperative: only what moves is taken away.
            Assert.Equal(second.Owned.Order(ByNumber), first.Revoked.Order(ByNumber));
        }

        PollUntil("the member that is left has all again", () => first.Owned.Count == 4, first);
        Assert.Empty(first.Lost);
    }

    [Fact]
    public async Task Each_record_is_read_by_one_member_of_each_group()
    {
        var topic = await NewTopicAsync(4);
        for (var p = 0; p < 4; p++)
            await AppendAsync(new TopicPartition(topic, p), $"{p}a", $"{p}b");
        var (shared, alone) = (NewName("group"), NewName("group"));
        GroupMember[] members = [Join(shared, topic), Join(shared, topic), Join(alone, topic)];

        PollUntil("all was read", () => members[0].Records.Count + members[1].Records.Count >= 8 && members[2].Records.Count >= 8
            && members[0].Owned.Count == 2 && members[1].Owned.Count == 2, members);

        // Nothing was committed, so what moved may have been read by both; nothing may be missing.
        Assert.Equal(8, Values(members[0].Records.Concat(members[1].Records)).Distinct().Count());
        Assert.Equal(8, Values(members[2].Records).Distinct().Count());
        Assert.Equal(8, members[2].Records.Count);
    }

    [Fact]
    public async Task A_group_without_offsets_starts_at_the_oldest_record()
    {
        var partition = new TopicPartition(await NewTopicAsync(), 0);
        await AppendAsync(partition, "a", "b", "c");
        await DeleteRecordsAsync(partition, 1);
        var member = Join(NewName("group"), partition.Topic);

        PollUntil("the end is told", () => member.HasSeenEndOf(partition), member);

        Assert.Equal(["b", "c"], Values(member.Records));
        Assert.DoesNotContain(member.Others, o => o.Outcome == PollOutcome.OffsetsLost);
        Assert.Null(member.Consumer.Committed(partition, AnswerTimeout));
    }

    [Fact]
    public async Task A_group_goes_on_where_it_committed()
    {
        var topic = await NewTopicAsync(2);
        var (moved, untouched) = (new TopicPartition(topic, 0), new TopicPartition(topic, 1));
        await AppendAsync(moved, "a", "b", "c");
        await AppendAsync(untouched, "x");
        var group = NewName("group");
        using (var member = new GroupMember(Log, new ConsumerSettings { Group = group, SessionTimeout = SessionTimeout }, topic))
        {
            PollUntil("all was read", () => member.Records.Count == 4, member);
            member.Consumer.Commit([new PartitionOffset(moved, 2)]);
            Assert.Equal(2, member.Consumer.Committed(moved, AnswerTimeout));
        }

        var next = Join(group, topic);
        PollUntil("both ends are told", () => next.HasSeenEndOf(moved) && next.HasSeenEndOf(untouched), next);

        Assert.Equal(["c", "x"], Values(next.Records).Order());
    }

    [Fact]
    public async Task A_member_may_choose_where_to_read_what_it_is_assigned()
    {
        var topic = await NewTopicAsync(2);
        var (chosen, other) = (new TopicPartition(topic, 0), new TopicPartition(topic, 1));
        await AppendAsync(chosen, "a", "b", "c");
        await AppendAsync(other, "x", "y");
        var member = Join(NewName("group"), topic);
        member.WhenAssigned = _ => [new PartitionOffset(chosen, 2)];

        PollUntil("both ends are told", () => member.HasSeenEndOf(chosen) && member.HasSeenEndOf(other), member);

        Assert.Equal(["c", "x", "y"], Values(member.Records).Order());
    }

    [Fact]
    public async Task A_member_seeks_pauses_and_resumes_as_a_reader_does()
    {
        var partition = new TopicPartition(await NewTopicAsync(), 0);
        await AppendAsync(partition, "a", "b", "c");
        var member = Join(NewName("group"), partition.Topic);
        PollUntil("the partition is assigned", () => member.Owned.Count == 1, member);
        member.Consumer.Pause([partition]);
        member.Consumer.Seek(new PartitionOffset(partition, 1));
        member.Records.Clear();
        for (var i = 0; i < 10; i++)
            member.Poll();
        Assert.Empty(member.Records);

        member.Consumer.Resume([partition]);
        PollUntil("the rest was read", () => member.Records.Count == 2, member);

        Assert.Equal(["b", "c"], Values(member.Records));
        Assert.Equal(3, member.Consumer.Position(partition));
    }

    [Fact]
    public async Task Revocation_gives_the_old_owner_a_last_chance_to_commit()
    {
        Demand(LogFeature.CommitInRebalance);
        var topic = await NewTopicAsync(2);
        var group = NewName("group");
        for (var p = 0; p < 2; p++)
            await AppendAsync(new TopicPartition(topic, p), "a", "b", "c");
        var first = Join(group, topic);
        PollUntil("all was read", () => first.Records.Count == 6, first);
        first.WhenRevoked = partitions =>
        {
            Assert.All(partitions, p => Assert.Contains(p, first.Consumer.Assignment));
            first.Consumer.Commit([.. partitions.Select(p => new PartitionOffset(p, 2))]);
        };

        var second = Join(group, topic);
        PollUntil("the new owner read what was left", () => second.Owned.Any(second.HasSeenEndOf), first, second);

        var partition = Assert.Single(second.Owned);
        Assert.Equal([partition], first.Revoked);
        Assert.Equal(["c"], Values(second.Records));
    }

    [Fact]
    public async Task Disposing_a_member_is_its_last_chance_too()
    {
        var partition = new TopicPartition(await NewTopicAsync(), 0);
        var group = NewName("group");
        await AppendAsync(partition, "a", "b");
        var first = new GroupMember(Log, new ConsumerSettings { Group = group, SessionTimeout = SessionTimeout }, partition.Topic);
        PollUntil("all was read", () => first.Records.Count == 2, first);
        first.WhenRevoked = _ => first.Consumer.Commit([new PartitionOffset(partition, 1)]);

        first.Dispose();

        Assert.Equal([partition], first.Revoked);
        var second = Join(group, partition.Topic);
        PollUntil("the end is told", () => second.HasSeenEndOf(partition), second);
        Assert.Equal(["b"], Values(second.Records));
    }

    [Fact]
    public async Task What_a_listener_throws_comes_out_of_the_poll_and_the_rebalance_goes_on()
    {
        var partition = new TopicPartition(await NewTopicAsync(), 0);
        await AppendAsync(partition, "a");
        var member = Join(NewName("group"), partition.Topic);
        member.WhenAssigned = _ => throw new FormatException("on purpose");

        var thrown = Assert.Throws<FormatException>(() => PollUntil("the listener is called", () => false, member));

        Assert.Equal("on purpose", thrown.Message);
        PollUntil("the record was read", () => member.Records.Count == 1, member);
    }

    [Fact]
    public async Task A_silent_member_loses_its_partitions_and_may_commit_nothing()
    {
        Demand(LogFeature.MembershipCheck);
        var topic = await NewTopicAsync(2);
        var group = NewName("group");
        var silent = Join(group, topic);
        PollUntil("one member has all", () => silent.Owned.Count == 2, silent);
        var membership = silent.Consumer.Membership;

        LetSessionsExpire();
        var heir = Join(group, topic);
        PollUntil("the other member has all", () => heir.Owned.Count == 2, heir);

        using var producer = NewTransactionalProducer();
        producer.Begin();
        Assert.Throws<TransactionAbortedException>(() => producer.SendOffsets([new PartitionOffset(new TopicPartition(topic, 0), 1)], membership));
        Assert.Throws<LogUnavailableException>(() => silent.Consumer.Commit([new PartitionOffset(new TopicPartition(topic, 0), 1)]));
        // What was to be revoked just before it fell silent, Kafka's client still calls revoked.
        PollUntil("the silent member is told", () => silent.Lost.Concat(silent.Revoked).Distinct().Count() == 2, silent, heir);
        Assert.NotEmpty(silent.Lost);
        Assert.Null(heir.Consumer.Committed(new TopicPartition(topic, 0), AnswerTimeout));
        PollUntil("the partitions are shared again", () => silent.Owned.Count == 1 && heir.Owned.Count == 1, silent, heir);
    }

    [Fact]
    public async Task A_static_member_finds_its_place_again_after_a_restart()
    {
        var topic = await NewTopicAsync(4);
        var group = NewName("group");
        var stays = Join(group, topic, "a");
        var restarts = Join(group, topic, "b");
        PollUntil("both have half", () => stays.Owned.Count == 2 && restarts.Owned.Count == 2, stays, restarts);
        var place = restarts.Owned.ToHashSet();
        var (assigned, revoked) = (stays.Assigned.Count, stays.Revoked.Count);

        restarts.Dispose();
        var again = Join(group, topic, "b");
        PollUntil("the place is taken again", () => again.Owned.Count == 2, again, stays);

        Assert.Equal(place, again.Owned);
        Assert.Equal((assigned, revoked, 0), (stays.Assigned.Count, stays.Revoked.Count, stays.Lost.Count));
    }

    [Fact]
    public async Task Of_two_members_with_one_instance_id_the_older_is_fenced()
    {
        Demand(LogFeature.MemberFencing);
        var topic = await NewTopicAsync(2);
        var group = NewName("group");
        var older = Join(group, topic, "a");
        PollUntil("the older has all", () => older.Owned.Count == 2, older);

        var newer = Join(group, topic, "a");
        PollUntil("the newer has all", () => newer.Owned.Count == 2, newer);

        Assert.Throws<ConsumerFencedException>(() => PollUntil("the older is fenced", () => false, older));
        PollUntil("the newer keeps all", () => newer.Owned.Count == 2, newer);
        Assert.Empty(newer.Lost);
    }

    private static readonly IComparer<TopicPartition> ByNumber = Comparer<TopicPartition>.Create((a, b) => a.Partition.CompareTo(b.Partition));
}
