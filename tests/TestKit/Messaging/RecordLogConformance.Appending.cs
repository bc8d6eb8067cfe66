using System.Collections.Concurrent;
using Pipeline.Shared.Messaging;
using Xunit;

namespace Pipeline.TestKit.Messaging;

/// <summary>Appending.</summary>
public abstract partial class RecordLogConformance
{
    [Fact]
    public async Task Every_record_is_acknowledged_with_its_offset_and_kept_in_order()
    {
        var topic = await NewTopicAsync(2);
        var values = Enumerable.Range(0, 200).Select(i => $"v{i}").ToArray();

        var offsets = await AppendAsync(new TopicPartition(topic, 1), values);

        Assert.Equal(Enumerable.Range(0, 200).Select(i => (long)i), offsets);
        Assert.Equal(values, ReadAll(new TopicPartition(topic, 1)));
        Assert.Empty(ReadAll(new TopicPartition(topic, 0)));
    }

    [Fact]
    public async Task Key_value_and_headers_come_back_exactly()
    {
        var partition = new TopicPartition(await NewTopicAsync(), 0);
        using var producer = Log.CreateProducer();
        byte[] key = [0, 255, 7];
        byte[] value = [1, 0, 254];
        RecordHeader[] headers = [new("a", [1, 2]), new("b", []), new("a", Bytes("again"))];

        var result = await producer.AppendAsync(partition, key, value, headers, Cancellation);

        using var reader = Log.CreateReader();
        reader.Assign([new PartitionOffset(partition, -2)]);
        var record = ReadUntil(reader, PollOutcome.Record).Single().Record!;
        Assert.Equal((partition, result.Offset), (record.Partition, record.Offset));
        Assert.Equal(key, record.Key);
        Assert.Equal(value, record.Value);
        Assert.Equal(headers.Select(h => (h.Key, Convert.ToHexString(h.Value))), record.Headers.Select(h => (h.Key, Convert.ToHexString(h.Value))));
    }

    [Fact]
    public async Task Nothing_and_the_empty_value_are_told_apart()
    {
        var partition = new TopicPartition(await NewTopicAsync(), 0);
        using var producer = Log.CreateProducer();
        await producer.AppendAsync(partition, [], [], null, Cancellation);
        await producer.AppendAsync(partition, Bytes("k"), null, null, Cancellation);

        using var reader = Log.CreateReader();
        reader.Assign([new PartitionOffset(partition, -2)]);
        var records = ReadUntil(reader, PollOutcome.EndOfPartition).Where(r => r.Outcome == PollOutcome.Record).Select(r => r.Record!).ToList();

        Assert.Equal(2, records.Count);
        Assert.Empty(records[0].Key);
        Assert.NotNull(records[0].Value);
        Assert.Empty(records[0].Value!);
        Assert.Empty(records[0].Headers);
        Assert.Null(records[1].Value);
    }

    [Fact]
    public async Task A_record_larger_than_the_log_allows_is_refused_as_such()
    {
        var partition = new TopicPartition(await NewTopicAsync(), 0);
        using var producer = Log.CreateProducer();

        var refused = await producer.AppendAsync(partition, Bytes("k"), new byte[1_100_000], null, Cancellation);
        var taken = await producer.AppendAsync(partition, Bytes("k"), new byte[900_000], null, Cancellation);

        Assert.Equal(AppendFailure.TooLarge, refused.Failure);
        Assert.Equal(-1, refused.Offset);
        Assert.True(taken.Succeeded, taken.Detail);
        Assert.Equal(0, taken.Offset);
    }

    [Fact]
    public async Task A_partition_that_does_not_exist_takes_nothing()
    {
        var topic = await NewTopicAsync();
        using var producer = Log.CreateProducer();
        await producer.AppendAsync(new TopicPartition(topic, 0), Bytes("k"), Bytes("known"), null, Cancellation);

        var result = await producer.AppendAsync(new TopicPartition(topic, 7), Bytes("k"), Bytes("v"), null, Cancellation);

        Assert.Equal(AppendFailure.Unavailable, result.Failure);
        Assert.Equal(-1, result.Offset);
        Assert.NotEmpty(result.Detail!);
    }

    [Fact]
    public async Task Records_of_many_threads_arrive_once_each_and_each_is_told_of_once()
    {
        const int threads = 4, each = 250;
        var topic = await NewTopicAsync(3);
        using var producer = Log.CreateProducer();
        var observer = new CountingObserver();

        await Task.WhenAll(Enumerable.Range(0, threads).Select(t => Task.Run(() =>
        {
            for (var i = 0; i < each; i++)
                Assert.Equal(AppendFailure.None, producer.Append(new TopicPartition(topic, i % 3), Bytes("k"), Bytes($"{t}/{i}"), [], observer));
        }, Cancellation)));

        Assert.Equal(0, producer.Flush(Patience));
        Assert.Equal(threads * each, observer.Results.Count);
        Assert.All(observer.Results, r => Assert.True(r.Succeeded, r.Detail));
        Assert.Equal(threads * each, observer.Results.Select(r => (r.Partition, r.Offset)).Distinct().Count());
        var read = Enumerable.Range(0, 3).Select(p => ReadAll(new TopicPartition(topic, p))).ToList();
        Assert.Equal(threads * each, read.SelectMany(v => v).Distinct().Count());
        Assert.Equal(threads * each, read.Sum(v => v.Count));
        // Each thread's records of one partition keep their order.
        Assert.All(read.SelectMany(values => values.GroupBy(v => v[0])), g =>
            Assert.Equal(g.Select(Number).Order(), g.Select(Number)));

        static int Number(string value) => int.Parse(value[2..], System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task The_log_stamps_records_with_the_time_of_their_append()
    {
        Demand(LogFeature.AppendTime);
        var partition = new TopicPartition(await NewTopicAsync(1, ("message.timestamp.type", "LogAppendTime")), 0);

        await AppendAsync(partition, "a");
        await PassTimeAsync();
        await AppendAsync(partition, "b");

        using var reader = Log.CreateReader();
        reader.Assign([new PartitionOffset(partition, -2)]);
        var stamps = ReadUntil(reader, PollOutcome.Record, 2).Select(r => r.Record!.TimestampMs).ToList();
        Assert.True(stamps[0] > 1_700_000_000_000, $"{stamps[0]} is no time of this century.");
        Assert.True(stamps[1] > stamps[0], $"{stamps[1]} is not after {stamps[0]}.");
    }

    private sealed class CountingObserver : IAppendObserver
    {
        public ConcurrentBag<AppendResult> Results { get; } = [];

        public void OnAppended(in AppendResult result) => Results.Add(result);
    }
}
