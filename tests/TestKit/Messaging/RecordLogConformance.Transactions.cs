using Pipeline.Shared.Messaging;
using Xunit;

namespace Pipeline.TestKit.Messaging;

/// <summary>Transactions.</summary>
public abstract partial class RecordLogConformance
{
    [Fact]
    public async Task A_transaction_makes_records_and_offsets_visible_at_once()
    {
        Demand(LogFeature.Isolation);
        var (input, output) = (await NewTopicAsync(), await NewTopicAsync(2));
        var source = new TopicPartition(input, 0);
        await AppendAsync(source, "in");
        var member = Join(NewName("group"), input);
        PollUntil("the input was read", () => member.Records.Count == 1, member);
        var producer = NewTransactionalProducer();

        producer.Begin();
        producer.Append(new TopicPartition(output, 0), Bytes("k"), Bytes("x"), [new RecordHeader("h", [1])]);
        producer.Append(new TopicPartition(output, 1), Bytes("k"), Bytes("y"), []);
        producer.SendOffsets([new PartitionOffset(source, 1)], member.Consumer.Membership);
        Assert.Empty(ReadAll(new TopicPartition(output, 0)));
        producer.Commit();

        Assert.Equal(1, member.Consumer.Committed(source, AnswerTimeout));
        Assert.Equal(["x"], ReadAll(new TopicPartition(output, 0)));
        Assert.Equal(["y"], ReadAll(new TopicPartition(output, 1)));
    }

    [Fact]
    public async Task What_an_aborted_transaction_wrote_is_never_seen()
    {
        Demand(LogFeature.Isolation);
        var (input, partition) = (new TopicPartition(await NewTopicAsync(), 0), new TopicPartition(await NewTopicAsync(), 0));
        var member = Join(NewName("group"), input.Topic);
        PollUntil("the partition is assigned", () => member.Owned.Count == 1, member);
        using var reader = Log.CreateReader();
        reader.Assign([new PartitionOffset(partition, -2)]);
        var producer = NewTransactionalProducer();

        producer.Begin();
        producer.Append(partition, Bytes("k"), Bytes("thrown away"), []);
        producer.SendOffsets([new PartitionOffset(input, 5)], member.Consumer.Membership);
        producer.Abort();
        producer.Begin();
        producer.Append(partition, Bytes("k"), Bytes("kept"), []);
        producer.Commit();

        Assert.Equal(["kept"], Values(ReadUntil(reader, PollOutcome.Record)));
        Assert.Equal(["kept"], ReadAll(partition));
        Assert.Null(member.Consumer.Committed(input, AnswerTimeout));
    }

    [Fact]
    public async Task An_open_transaction_holds_back_what_lies_behind_it()
    {
        Demand(LogFeature.Isolation);
        var partition = new TopicPartition(await NewTopicAsync(), 0);
        await AppendAsync(partition, "before");
        using var reader = Log.CreateReader();
        reader.Assign([new PartitionOffset(partition, -2)]);
        var producer = NewTransactionalProducer();
        producer.Begin();
        producer.Append(partition, Bytes("k"), Bytes("open"), []);
        await AwaitEndAsync(reader, partition, 2);
        await AppendAsync(partition, "behind");

        var range = reader.QueryRange(partition, AnswerTimeout);
        Assert.Equal((0, 1, 3), (range.Start, range.CommittedEnd, range.End));
        var results = ReadUntil(reader, PollOutcome.EndOfPartition);
        Assert.Equal(["before"], Values(results));
        Assert.Equal(1, results[^1].Offset);
        Assert.Equal(PollOutcome.Nothing, reader.Poll(TimeSpan.FromMilliseconds(200)).Outcome);
        producer.Commit();

        Assert.Equal(["open", "behind"], Values(ReadUntil(reader, PollOutcome.Record, 2)));
        var settled = reader.QueryRange(partition, AnswerTimeout);
        Assert.Equal(settled.End, settled.CommittedEnd);
        Assert.True(settled.End >= 3, $"{settled}");
    }

    [Fact]
    public async Task A_reader_reaches_the_end_behind_an_aborted_transaction()
    {
        Demand(LogFeature.Isolation);
        var partition = new TopicPartition(await NewTopicAsync(), 0);
        using var reader = Log.CreateReader();
        reader.Assign([new PartitionOffset(partition, -2)]);
        Assert.Equal(0, ReadUntil(reader, PollOutcome.EndOfPartition)[^1].Offset);
        var producer = NewTransactionalProducer();
        producer.Begin();
        producer.Append(partition, Bytes("k"), Bytes("thrown away"), []);
        await AwaitEndAsync(reader, partition, 1);
        producer.Abort();

        var end = ReadUntil(reader, PollOutcome.EndOfPartition).Single();

        Assert.Equal(reader.QueryRange(partition, AnswerTimeout).CommittedEnd, end.Offset);
        Assert.True(end.Offset >= 1, $"{end}");
        Assert.Equal(end.Offset, reader.Position(partition));
    }

    [Fact]
    public async Task A_newer_producer_with_the_same_transactional_id_fences_the_older()
    {
        Demand(LogFeature.ProducerFencing);
        var partition = new TopicPartition(await NewTopicAsync(), 0);
        var id = NewName("transactions");
        var older = NewTransactionalProducer(id);
        older.Begin();
        older.Append(partition, Bytes("k"), Bytes("of the older"), []);

        var newer = NewTransactionalProducer(id);
        newer.Begin();
        newer.Append(partition, Bytes("k"), Bytes("of the newer"), []);
        newer.Commit();

        Assert.Throws<ProducerFencedException>(older.Commit);
        Assert.Equal(["of the newer"], ReadAll(partition));
        newer.Begin();
        newer.Append(partition, Bytes("k"), Bytes("still well"), []);
        newer.Commit();
        Assert.Equal(["of the newer", "still well"], ReadAll(partition));
    }

    [Fact]
    public async Task Offsets_from_an_outdated_place_in_the_group_are_refused_with_the_whole_transaction()
    {
        Demand(LogFeature.MembershipCheck);
        var (topic, output) = (await NewTopicAsync(2), new TopicPartition(await NewTopicAsync(), 0));
        var group = NewName("group");
        var member = Join(group, topic);
        PollUntil("one member has all", () => member.Owned.Count == 2, member);
        var outdated = member.Consumer.Membership;
        var second = Join(group, topic);
        PollUntil("two members have one each", () => member.Owned.Count == 1 && second.Owned.Count == 1, member, second);
        var kept = new PartitionOffset(member.Owned.Single(), 7);
        var producer = NewTransactionalProducer();

        producer.Begin();
        producer.Append(output, Bytes("k"), Bytes("refused"), []);
        Assert.Throws<TransactionAbortedException>(() => producer.SendOffsets([kept], outdated));
        producer.Begin();
        producer.Append(output, Bytes("k"), Bytes("taken"), []);
        producer.SendOffsets([kept], member.Consumer.Membership);
        producer.Commit();

        Assert.Equal(["taken"], ReadAll(output));
        Assert.Equal(7, member.Consumer.Committed(kept.Partition, AnswerTimeout));
    }

    [Fact]
    public async Task A_committed_offset_is_told_once_it_is_stable()
    {
        Demand(LogFeature.StableOffsets);
        var partition = new TopicPartition(await NewTopicAsync(), 0);
        var group = NewName("group");
        var member = Join(group, partition.Topic);
        PollUntil("the partition is assigned", () => member.Owned.Count == 1, member);
        var producer = NewTransactionalProducer();
        producer.Begin();
        producer.SendOffsets([new PartitionOffset(partition, 4)], member.Consumer.Membership);

        Assert.Throws<LogUnavailableException>(() => member.Consumer.Committed(partition, TimeSpan.FromSeconds(1)));
        producer.Commit();

        Assert.Equal(4, member.Consumer.Committed(partition, AnswerTimeout));
    }

    [Fact]
    public async Task A_new_owner_begins_where_an_open_transaction_of_the_old_one_leads()
    {
        Demand(LogFeature.StableOffsets);
        var topic = await NewTopicAsync();
        var partition = new TopicPartition(topic, 0);
        await AppendAsync(partition, "a", "b", "c");
        var group = NewName("group");
        var old = new GroupMember(Log, new ConsumerSettings { Group = group, SessionTimeout = SessionTimeout }, topic);
        PollUntil("the partition is assigned", () => old.Owned.Count == 1, old);
        var producer = NewTransactionalProducer();
        producer.Begin();
        producer.SendOffsets([new PartitionOffset(partition, 2)], old.Consumer.Membership);
        old.Dispose();

        var heir = Join(group, topic);
        for (var i = 0; i < 40; i++)
            heir.Poll(50);
        Assert.Empty(heir.Records);
        producer.Commit();
        PollUntil("the end is told", () => heir.HasSeenEndOf(partition), heir);

        Assert.Equal(["c"], Values(heir.Records));
    }

    [Fact]
    public async Task A_record_that_is_too_large_aborts_its_transaction()
    {
        Demand(LogFeature.Isolation);
        var partition = new TopicPartition(await NewTopicAsync(), 0);
        var producer = NewTransactionalProducer();
        producer.Begin();
        producer.Append(partition, Bytes("k"), Bytes("small"), []);

        Assert.Throws<TransactionAbortedException>(() => producer.Append(partition, Bytes("k"), new byte[1_100_000], []));
        producer.Begin();
        producer.Append(partition, Bytes("k"), Bytes("again"), []);
        producer.Commit();

        Assert.Equal(["again"], ReadAll(partition));
    }

    [Fact]
    public async Task Disposing_a_producer_throws_its_open_transaction_away()
    {
        Demand(LogFeature.Isolation);
        var partition = new TopicPartition(await NewTopicAsync(), 0);
        var producer = NewTransactionalProducer();
        using var reader = Log.CreateReader();
        producer.Begin();
        producer.Append(partition, Bytes("k"), Bytes("thrown away"), []);
        await AwaitEndAsync(reader, partition, 1);

        producer.Dispose();

        // Well within the transaction timeout.
        await Eventually.HoldsAsync(() => reader.QueryRange(partition, AnswerTimeout) is var range && range.CommittedEnd == range.End && range.End >= 1,
            "the transaction is over", TimeSpan.FromSeconds(8), Cancellation);
        Assert.Empty(ReadAll(partition));
    }

    [Fact]
    public async Task A_transaction_may_be_empty()
    {
        Demand(LogFeature.Isolation);
        var partition = new TopicPartition(await NewTopicAsync(), 0);
        var member = Join(NewName("group"), partition.Topic);
        PollUntil("the partition is assigned", () => member.Owned.Count == 1, member);
        var producer = NewTransactionalProducer();

        producer.Begin();
        producer.Commit();
        producer.Begin();
        producer.SendOffsets([], member.Consumer.Membership);
        producer.Commit();
        producer.Begin();
        producer.Abort();
        producer.Begin();
        producer.Append(partition, Bytes("k"), Bytes("v"), []);
        producer.Commit();

        Assert.Equal(["v"], ReadAll(partition));
    }

    private static Task AwaitEndAsync(IRecordReader reader, TopicPartition partition, long end) =>
        Eventually.HoldsAsync(() => reader.QueryRange(partition, AnswerTimeout).End >= end, $"{partition} ends at {end}", Patience, Cancellation);
}
