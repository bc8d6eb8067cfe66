using Pipeline.Shared.Messaging;
using Xunit;

namespace Pipeline.TestKit.Messaging;

/// <summary>Reading outside groups.</summary>
public abstract partial class RecordLogConformance
{
    [Theory]
    [InlineData(-2, "a", "b", "c")]
    [InlineData(0, "a", "b", "c")]
    [InlineData(2, "c")]
    [InlineData(-1)]
    public async Task A_reader_begins_where_it_is_told(long offset, params string[] expected)
    {
        var partition = new TopicPartition(await NewTopicAsync(), 0);
        await AppendAsync(partition, "a", "b", "c");
        using var reader = Log.CreateReader();

        reader.Assign([new PartitionOffset(partition, offset)]);

        var results = ReadUntil(reader, PollOutcome.EndOfPartition);
        Assert.Equal(expected, Values(results));
        Assert.Equal(new PollResult(PollOutcome.EndOfPartition, Partition: partition, Offset: 3), results[^1]);
    }

    [Fact]
    public async Task The_end_of_a_partition_is_told_once_each_time_it_is_reached()
    {
        var partition = new TopicPartition(await NewTopicAsync(), 0);
        using var reader = Log.CreateReader();
        reader.Assign([new PartitionOffset(partition, -2)]);

        Assert.Equal([0L], ReadUntil(reader, PollOutcome.EndOfPartition).Select(r => r.Offset));
        for (var i = 0; i < 5; i++)
            Assert.NotEqual(PollOutcome.EndOfPartition, reader.Poll(TimeSpan.FromMilliseconds(50)).Outcome);
        await AppendAsync(partition, "a", "b");

        var results = ReadUntil(reader, PollOutcome.EndOfPartition);
        Assert.Equal(["a", "b"], Values(results));
        Assert.Equal(2, results[^1].Offset);
    }

    [Fact]
    public async Task The_position_is_that_of_the_next_record()
    {
        var partition = new TopicPartition(await NewTopicAsync(), 0);
        await AppendAsync(partition, "a", "b", "c");
        using var reader = Log.CreateReader();
        reader.Assign([new PartitionOffset(partition, 1)]);

        ReadUntil(reader, PollOutcome.Record);

        Assert.Equal(2, reader.Position(partition));
    }

    [Fact]
    public async Task Seeking_goes_back_and_forth()
    {
        var partition = new TopicPartition(await NewTopicAsync(), 0);
        await AppendAsync(partition, "a", "b", "c", "d", "e");
        using var reader = Log.CreateReader();
        reader.Assign([new PartitionOffset(partition, -2)]);
        ReadUntil(reader, PollOutcome.Record, 3);

        reader.Seek(new PartitionOffset(partition, 1));
        Assert.Equal(["b"], Values(ReadUntil(reader, PollOutcome.Record)));
        reader.Seek(new PartitionOffset(partition, 4));
        Assert.Equal(["e"], Values(ReadUntil(reader, PollOutcome.EndOfPartition)));
        reader.Seek(new PartitionOffset(partition, 0));
        Assert.Equal(["a", "b", "c", "d", "e"], Values(ReadUntil(reader, PollOutcome.EndOfPartition)));
    }

    [Fact]
    public async Task A_new_assignment_takes_the_place_of_the_old_one()
    {
        var topic = await NewTopicAsync(2);
        await AppendAsync(new TopicPartition(topic, 0), "a", "b");
        await AppendAsync(new TopicPartition(topic, 1), "x", "y");
        using var reader = Log.CreateReader();
        reader.Assign([new PartitionOffset(new TopicPartition(topic, 0), -2)]);
        ReadUntil(reader, PollOutcome.Record);

        reader.Assign([new PartitionOffset(new TopicPartition(topic, 1), -2)]);

        Assert.Equal(["x", "y"], Values(ReadUntil(reader, PollOutcome.EndOfPartition)));
    }

    [Fact]
    public async Task A_paused_partition_brings_nothing_until_it_is_resumed_and_then_everything()
    {
        var topic = await NewTopicAsync(2);
        var (paused, other) = (new TopicPartition(topic, 0), new TopicPartition(topic, 1));
        await AppendAsync(paused, "p0", "p1", "p2");
        using var reader = Log.CreateReader();
        reader.Assign([new PartitionOffset(paused, -2), new PartitionOffset(other, -2)]);
        Assert.Equal(["p0"], Values(ReadUntil(reader, PollOutcome.Record)));

        reader.Pause([paused]);
        await AppendAsync(paused, "p3");
        await AppendAsync(other, "o0", "o1");
        Assert.Equal(["o0", "o1"], Values(ReadUntil(reader, PollOutcome.Record, 2)));
        for (var i = 0; i < 5; i++)
            Assert.NotEqual(PollOutcome.Record, reader.Poll(TimeSpan.FromMilliseconds(50)).Outcome);
        Assert.Equal(1, reader.Position(paused));
        reader.Resume([paused]);

        Assert.Equal(["p1", "p2", "p3"], Values(ReadUntil(reader, PollOutcome.Record, 3)));
    }

    [Fact]
    public async Task A_range_tells_the_oldest_and_the_ends()
    {
        var topic = await NewTopicAsync(2);
        var partition = new TopicPartition(topic, 1);
        await AppendAsync(partition, "a", "b", "c");
        await DeleteRecordsAsync(partition, 1);
        using var reader = Log.CreateReader();

        Assert.Equal(new LogRange(1, 3, 3), reader.QueryRange(partition, AnswerTimeout));
        Assert.Equal(new LogRange(0, 0, 0), reader.QueryRange(new TopicPartition(topic, 0), AnswerTimeout));
    }

    [Fact]
    public async Task An_offset_is_found_by_time()
    {
        Demand(LogFeature.OffsetForTime);
        var partition = new TopicPartition(await NewTopicAsync(1, ("message.timestamp.type", "LogAppendTime")), 0);
        await AppendAsync(partition, "a");
        await PassTimeAsync();
        await AppendAsync(partition, "b", "c");
        using var reader = Log.CreateReader();
        reader.Assign([new PartitionOffset(partition, -2)]);
        var stamps = ReadUntil(reader, PollOutcome.Record, 2).Select(r => r.Record!.TimestampMs).ToList();

        Assert.Equal(0, reader.OffsetForTime(partition, 0, AnswerTimeout));
        Assert.Equal(0, reader.OffsetForTime(partition, stamps[0], AnswerTimeout));
        Assert.Equal(1, reader.OffsetForTime(partition, stamps[0] + 1, AnswerTimeout));
        Assert.Equal(1, reader.OffsetForTime(partition, stamps[1], AnswerTimeout));
        Assert.Equal(3, reader.OffsetForTime(partition, stamps[1] + 3_600_000, AnswerTimeout));
    }

    [Fact]
    public async Task Records_lost_to_retention_are_told_exactly_and_reading_goes_on_at_the_oldest()
    {
        var partition = new TopicPartition(await NewTopicAsync(), 0);
        await AppendAsync(partition, "a", "b", "c", "d", "e");
        await DeleteRecordsAsync(partition, 3);
        using var reader = Log.CreateReader();

        reader.Assign([new PartitionOffset(partition, 1)]);

        var results = ReadUntil(reader, PollOutcome.EndOfPartition).ToList();
        Assert.Equal(new PollResult(PollOutcome.OffsetsLost, Partition: partition, Offset: 3, LostFrom: 1), results[0]);
        Assert.Equal(["d", "e"], Values(results));
        Assert.Single(results, r => r.Outcome == PollOutcome.OffsetsLost);
    }

    [Fact]
    public async Task A_group_whose_offset_was_lost_is_told_too()
    {
        var partition = new TopicPartition(await NewTopicAsync(), 0);
        var group = NewName("group");
        await AppendAsync(partition, "a", "b", "c", "d");
        using (var first = new GroupMember(Log, new ConsumerSettings { Group = group, SessionTimeout = SessionTimeout }, partition.Topic))
        {
            PollUntil("the partition is assigned", () => first.Owned.Count == 1, first);
            first.Consumer.Commit([new PartitionOffset(partition, 1)]);
        }

        await DeleteRecordsAsync(partition, 3);
        var second = Join(group, partition.Topic);
        PollUntil("the record that is left was read", () => second.Records.Count == 1, second);

        Assert.Equal(["d"], Values(second.Records));
        Assert.Contains(new PollResult(PollOutcome.OffsetsLost, Partition: partition, Offset: 3, LostFrom: 1), second.Others);
    }

    [Fact]
    public async Task A_question_about_a_partition_that_does_not_exist_is_not_answered()
    {
        var topic = await NewTopicAsync();
        using var reader = Log.CreateReader();

        Assert.Throws<LogUnavailableException>(() => reader.QueryRange(new TopicPartition(topic, 9), TimeSpan.FromSeconds(3)));
    }
}
