using Pipeline.Shared.Encoding;
using Pipeline.Shared.Messaging;
using Pipeline.Shared.Model;
using Pipeline.TestKit;
using Xunit;

namespace Pipeline.Aggregator.Tests.Consume;

public sealed class SpanConsumerTests
{
    [Fact]
    public async Task Spans_go_in_and_whole_traces_come_out_once()
    {
        using var log = await MemoryLogs.CreateAsync();
        await using var aggregator = await new AggregatorProcess(log, "a").StartAsync();
        var spans = Traces(1, 40);
        await log.PublishAsync(spans);
        await AwaitSpansAsync(log, spans.Count);
        AssertSame(spans, log);
    }

    [Fact]
    public async Task Members_that_come_and_go_lose_split_and_double_nothing()
    {
        using var log = await MemoryLogs.CreateAsync();
        // Members are static: the place of one that stops is kept until its session times out.
        var quick = new Dictionary<string, string?> { ["Aggregator:SessionTimeout"] = "00:00:01" };
        var first = await new AggregatorProcess(log, "a", quick).StartAsync();
        var spans = new List<Span>();
        await PublishHalvesAsync(log, spans, 1);
        var second = await new AggregatorProcess(log, "b", quick).StartAsync();
        await PublishHalvesAsync(log, spans, 2);
        await first.DisposeAsync();
        await PublishHalvesAsync(log, spans, 3);
        var third = await new AggregatorProcess(log, "a", quick).StartAsync();
        await PublishHalvesAsync(log, spans, 4);
        await second.DisposeAsync();

        await AwaitSpansAsync(log, spans.Count);
        await third.DisposeAsync();
        AssertSame(spans, log);
        Assert.Equal(spans.Select(s => s.TraceId).Distinct().Count(), Decisions(log).Select(d => d.TraceId).Distinct().Count());
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_goes_to_the_dead_letters_and_the_partition_goes_on()
    {
        using var log = await MemoryLogs.CreateAsync(1);
        await using var aggregator = await new AggregatorProcess(log, "a", partitionCount: 1).StartAsync();
        using (var producer = log.CreateProducer())
            await producer.AppendAsync(new TopicPartition(Topics.Spans, 0), [1, 2], [0xC3, 0x01, 9, 9, 9, 9, 9, 9, 9, 9, 1], cancellation: TestContext.Current.CancellationToken);
        var spans = Traces(1, 3);
        await log.PublishAsync(spans, 1);
        await AwaitSpansAsync(log, spans.Count, 1);
        var letter = Assert.Single(log.ReadAll(Topics.DeadLetters, Topics.EdgePartitionCount));
        Assert.Equal(11, letter.Value!.Length);
        Assert.Contains(letter.Headers, h => h.Key == DeadLetterHeaders.Offset && System.Text.Encoding.UTF8.GetString(h.Value) == "0");
        Assert.Contains(letter.Headers, h => h.Key == DeadLetterHeaders.Reason && System.Text.Encoding.UTF8.GetString(h.Value).Contains("fingerprint 0909090909090909", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_open_is_decided_when_the_log_dies_with_the_process()
    {
        using var log = await MemoryLogs.CreateAsync();
        var settings = new Dictionary<string, string?> { ["Aggregator:DecideOpenOnShutdown"] = "true", ["Aggregator:DecisionWait"] = "00:10:00", ["Aggregator:DecisionWaitAfterRoot"] = "00:10:00" };
        var aggregator = await new AggregatorProcess(log, "a", settings).StartAsync();
        await Eventually.HoldsAsync(() => aggregator.Health.IsReady, "the aggregator is ready");
        var spans = Traces(1, 20);
        await log.PublishAsync(spans);
        await aggregator.DisposeAsync();
        AssertSame(spans, log);
        Assert.All(log.ReadKeptTraces(), t => Assert.Equal("shutdown", t.Reason));
    }

    [Fact]
    public async Task A_topic_that_grows_underneath_stops_the_process_with_a_clear_error()
    {
        using var log = await MemoryLogs.CreateAsync();
        await using var aggregator = await new AggregatorProcess(log, "a").StartAsync();
        await Eventually.HoldsAsync(() => aggregator.Health.IsReady, "the aggregator is ready");
        await log.GrowTopicAsync(Topics.Spans, 5, TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync(() => aggregator.Health.HasFailed, "the aggregator has stopped");
        Assert.Contains(aggregator.Health.Stages, s => s.Value.Detail.Contains("tracing.spans-4 exists, but 4 partitions are configured", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Edges_ride_with_the_step()
    {
        using var log = await MemoryLogs.CreateAsync();
        await using var aggregator = await new AggregatorProcess(log, "a").StartAsync();
        await log.PublishAsync(Traces(1, 10));
        await AwaitSpansAsync(log, 40);
        var edges = log.ReadAll(Topics.ServiceEdges, Topics.EdgePartitionCount)
            .Select(r => EdgeDeltas.Read(new RecordFraming().Unframe(r.Value, RecordSchema.EdgeDeltas))).SelectMany(d => d.Series).ToList();
        Assert.Equal(10, edges.Where(e => e.Key is { Client: "frontend", Server: "cart" }).Sum(e => e.Value.Calls));
        Assert.Equal(10, edges.Where(e => e.Key is { Client: "cart", Server: "redis", ConnectionType: "database" }).Sum(e => e.Value.Calls));
    }

    private static List<Span> Traces(int first, int count) => [.. Enumerable.Range(first, count).SelectMany(i => new[]
    {
        A.Span(trace: i, span: 1, service: "frontend"),
        A.Span(trace: i, span: 2, parent: 1, service: "frontend", kind: SpanKind.Client),
        A.Span(trace: i, span: 3, parent: 2, service: "cart"),
        A.Span(trace: i, span: 4, parent: 3, service: "cart", kind: SpanKind.Client) with { Attributes = new AttributeList { { "db.system", "redis" } } },
    })];

    private static async Task PublishHalvesAsync(IRecordLog log, List<Span> all, int round)
    {
        var spans = Traces(round * 100, 30);
        await log.PublishAsync(spans.Where((_, i) => i % 2 == 0));
        await log.PublishAsync(spans.Where((_, i) => i % 2 == 1));
        all.AddRange(spans);
    }

    private static Task AwaitSpansAsync(IRecordLog log, int count, int partitionCount = 4) =>
        Eventually.HoldsAsync(() => log.ReadKeptTraces(partitionCount).Sum(t => t.Spans.Count) >= count, $"{count} spans are emitted");

    private static void AssertSame(List<Span> expected, IRecordLog log) =>
        Assert.Equal(expected.OrderBy(s => s.TraceId).ThenBy(s => s.SpanId), log.ReadKeptTraces().SelectMany(t => t.Spans).OrderBy(s => s.TraceId).ThenBy(s => s.SpanId));

    private static IEnumerable<LoggedDecision> Decisions(IRecordLog log) => log.ReadAll(Topics.Decisions, 4)
        .SelectMany(r => StepRecord.Read(new RecordFraming().Unframe(r.Value, RecordSchema.StepRecord)).Decisions);
}
