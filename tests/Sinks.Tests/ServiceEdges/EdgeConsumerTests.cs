using Pipeline.Shared.Encoding;
using Pipeline.Shared.Messaging;
using Pipeline.Shared.Messaging.InMemory;
using Pipeline.Shared.Storage;
using Pipeline.TestKit;
using Xunit;

namespace Pipeline.Sinks.Tests.ServiceEdges;

public sealed class EdgeConsumerTests
{
    private const string Group = "tracing-edge-sinks";

    [Fact]
    public async Task Deltas_add_up_to_what_is_shown()
    {
        using var log = await MemoryLogs.CreateAsync();
        await using var sinks = await StartAsync(log);
        await log.PublishCallsAsync("frontend", "cart", 3, failed: 1);
        await log.PublishCallsAsync("frontend", "cart", 4);
        await log.PublishCallsAsync("cart", "redis", 5, type: "database", virtualNode: "server");
        await AwaitCallsAsync(("frontend", "cart", 7), ("cart", "redis", 5), sinks);
        Assert.Contains("traces_service_graph_request_failed_total{client=\"frontend\",server=\"cart\",connection_type=\"\"} 1\n", Text(sinks), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Totals_go_on_exactly_where_a_restart_left_them()
    {
        using var log = await MemoryLogs.CreateAsync();
        for (var round = 1; round <= 4; round++)
        {
            await using var sinks = await StartAsync(log);
            await PublishSeriesAsync(log);
            await Eventually.HoldsAsync(() => Series(20).All(s => Calls(sinks).GetValueOrDefault(s) == round), $"all series show {round} calls");
        }
    }

    [Fact]
    public async Task A_crash_before_the_commit_counts_nothing_twice()
    {
        using var memory = await MemoryLogs.CreateAsync();
        using var log = new FaultyLog(memory) { Fault = n => n == 2 ? throw new InvalidOperationException("crash") : null };
        var first = await StartAsync(log);
        await PublishSeriesAsync(memory);
        await Eventually.HoldsAsync(() => log.CommitCount >= 1, "the first step is committed");
        var stopping = first.Stopping();
        await PublishSeriesAsync(memory);
        await stopping.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.True(first.Health.HasFailed);
        await first.DisposeAsync();
        await using var second = await StartAsync(memory, "b");
        await AwaitAllAsync(second, memory, 2);
    }

    [Theory]
    [InlineData(nameof(CommitFault.Aborted))]
    [InlineData(nameof(CommitFault.FencedBefore))]
    [InlineData(nameof(CommitFault.FencedAfter))]
    public async Task Commits_that_fail_count_nothing_twice_and_lose_nothing(string fault)
    {
        using var memory = await MemoryLogs.CreateAsync();
        using var log = new FaultyLog(memory) { Fault = n => n % 2 == 1 ? Enum.Parse<CommitFault>(fault) : null };
        await using var sinks = await StartAsync(log);
        for (var i = 0; i < 6; i++)
            await PublishSeriesAsync(memory);
        await AwaitAllAsync(sinks, memory, 6);
        Assert.True(log.CommitCount >= 1);
        await Eventually.HoldsAsync(() => sinks.Health.IsReady, "the stage has recovered");
    }

    [Fact]
    public async Task A_producer_fenced_again_and_again_stops_the_process_and_names_the_setting()
    {
        using var memory = await MemoryLogs.CreateAsync();
        using var log = new FaultyLog(memory) { Fault = _ => CommitFault.FencedBefore };
        await using var sinks = await StartAsync(log);
        var stopping = sinks.Stopping();
        await PublishSeriesAsync(memory);
        await stopping.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Contains("Sinks:InstanceId", sinks.Health.Stages.Single(s => s.Value.Failed).Value.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_series_moves_with_its_partition_and_vanishes_where_it_was()
    {
        using var log = await MemoryLogs.CreateAsync();
        await using var first = await StartAsync(log, "a");
        await PublishSeriesAsync(log);
        await AwaitAllAsync(first, log, 1);
        var second = await StartAsync(log, "b");
        await Eventually.HoldsAsync(() => second.Exposition.Partitions.Count() == 3 && first.Exposition.Partitions.Count() == 3, "both own three partitions");
        await PublishSeriesAsync(log);
        await Eventually.HoldsAsync(() => log.IsConsumed(Group, Topics.ServiceEdges, Topics.EdgePartitionCount), "all is committed");
        await Eventually.HoldsAsync(() => Calls(first).Concat(Calls(second)).ToLookup(c => c.Key, c => c.Value) is var calls
            && Series(20).All(s => calls[s].SequenceEqual([2.0])), "each series is shown once, with both calls");
        await second.DisposeAsync();
        await PublishSeriesAsync(log);
        await AwaitAllAsync(first, log, 3);
    }

    [Fact]
    public async Task Ends_of_a_link_in_different_traces_meet_over_a_restart()
    {
        using var log = await MemoryLogs.CreateAsync();
        // 24 links: their ends meet in all partitions, and the series they add to lives in one of them.
        var ends = Enumerable.Range(1, 24).Select(i => (
            Producer: new LinkEnd(A.TraceId(i), A.SpanId(i), "checkout", A.StartUnixNano, 0.004, Failed: i == 5, 1),
            Consumer: new LinkEnd(A.TraceId(i), A.SpanId(i), "accounting", A.StartUnixNano + 300_000_000, 0.02, false, 1))).ToList();
        await using (var first = await StartAsync(log))
        {
            foreach (var (producer, consumer) in ends)
                await PublishEndsAsync(log, i: ends.FindIndex(e => e.Producer == producer), producer, consumer, first: true);
            await Eventually.HoldsAsync(() => log.IsConsumed(Group, Topics.ServiceEdges, Topics.EdgePartitionCount), "one end of each is committed");
            Assert.Empty(Calls(first));
        }

        await using var second = await StartAsync(log);
        foreach (var (producer, consumer) in ends)
            await PublishEndsAsync(log, i: ends.FindIndex(e => e.Producer == producer), producer, consumer, first: false);
        await Eventually.HoldsAsync(() => Calls(second).GetValueOrDefault(("checkout", "accounting")) == 24, "all links are joined");
        // Two more consumers of one message: N links are N edges.
        for (var i = 0; i < 2; i++)
            await log.PublishEdgesAsync(PartitionOf(ends[0].Consumer), new EdgeDeltas(0, []) { Consumers = [ends[0].Consumer] });
        await Eventually.HoldsAsync(() => Calls(second).GetValueOrDefault(("checkout", "accounting")) == 26, "the further links are joined");
        var text = Text(second);
        Assert.Contains("traces_service_graph_request_failed_total{client=\"checkout\",server=\"accounting\",connection_type=\"messaging_system\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("traces_service_graph_request_messaging_system_seconds_bucket{client=\"checkout\",server=\"accounting\",connection_type=\"messaging_system\",le=\"0.2\"} 0\n", text, StringComparison.Ordinal);
        Assert.Contains("traces_service_graph_request_messaging_system_seconds_bucket{client=\"checkout\",server=\"accounting\",connection_type=\"messaging_system\",le=\"0.4\"} 26\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_series_count_in_the_overflow_series_of_their_partition()
    {
        using var log = await MemoryLogs.CreateAsync();
        await using var sinks = await StartAsync(log, settings: new() { ["Sinks:MaxSeriesPerPartition"] = "100" });
        var series = Enumerable.Range(0, 900).Select(i => KeyValuePair.Create(new EdgeKey("client", "server-" + i, "", ""), new EdgeCounts { Calls = 1 }))
            .GroupBy(s => Murmur2Partitioner.PartitionOf(s.Key.ToRecordKey(), Topics.EdgePartitionCount)).ToList();
        foreach (var partition in series)
            await log.PublishEdgesAsync(partition.Key, new EdgeDeltas(SinkInput.HourMs, [.. partition]));
        await Eventually.HoldsAsync(() => log.IsConsumed(Group, Topics.ServiceEdges, Topics.EdgePartitionCount), "all is committed");
        var lines = Text(sinks).Split('\n').Where(l => l.StartsWith("traces_service_graph_request_total{", StringComparison.Ordinal)).ToList();
        Assert.Equal(lines.Count, lines.Select(l => l[..l.LastIndexOf(' ')]).Distinct().Count());
        var overflow = lines.Where(l => l.Contains("metric_overflow=\"true\"", StringComparison.Ordinal)).ToList();
        Assert.Equal(series.Count(p => p.Count() > 100), overflow.Count);
        Assert.Equal(900, lines.Sum(Value));
        Assert.Equal(series.Sum(p => Math.Max(0, p.Count() - 100)), overflow.Sum(Value));
        Assert.Equal(overflow.Sum(Value), await sinks.MetricAsync("pipeline_sinks_edge_overflow_calls_total"));
    }

    [Fact]
    public async Task A_delta_that_cannot_be_read_goes_to_the_dead_letters()
    {
        using var log = await MemoryLogs.CreateAsync();
        await using var sinks = await StartAsync(log);
        await log.PublishAsync(new TopicPartition(Topics.ServiceEdges, 4), [1, 2, 3]);
        await PublishSeriesAsync(log);
        await AwaitAllAsync(sinks, log, 1);
        var letter = Assert.Single(log.ReadAll(Topics.DeadLetters, Topics.EdgePartitionCount));
        Assert.Equal([1, 2, 3], letter.Value);
    }

    [Fact]
    public async Task Dependencies_follow_the_committed_totals_by_hour()
    {
        using var log = await MemoryLogs.CreateAsync();
        var store = new ScriptedTraceWriter();
        await using (var sinks = await new SinksProcess(log, store).StartAsync())
        {
            await log.PublishCallsAsync("frontend", "cart", 3);
            await log.PublishCallsAsync("cart", "redis", 5, type: "database", virtualNode: "server");
            await log.PublishCallsAsync("user", "frontend", 9, type: "virtual_node", virtualNode: "client");
            await Eventually.HoldsAsync(() => Dependencies(store).Count == 2, "both dependencies are written");
            await log.PublishCallsAsync("frontend", "cart", 4);
            await Eventually.HoldsAsync(() => Calls(sinks).GetValueOrDefault(("frontend", "cart")) == 7, "the calls are counted");
        }

        // The last totals are written at the stop.
        Assert.Equal([new("cart", "redis", 5), new("frontend", "cart", 7)], Dependencies(store).OrderBy(d => d.Parent, StringComparer.Ordinal));
        Assert.All(store.Dependencies.Keys, k => Assert.Equal(SinkInput.HourMs, k.Hour.ToUnixTimeMilliseconds()));
    }

    [Fact]
    public async Task Totals_of_another_life_leave_the_dependencies_of_earlier_ones()
    {
        var store = new ScriptedTraceWriter();
        foreach (var life in new[] { "1", "2" })
        {
            using var log = await MemoryLogs.CreateAsync();
            await using var sinks = await new SinksProcess(log, store, settings: new() { ["Sinks:DependencyEpoch"] = life }).StartAsync();
            await log.PublishCallsAsync("frontend", "cart", 3);
            await Eventually.HoldsAsync(() => Calls(sinks).GetValueOrDefault(("frontend", "cart")) == 3, "the calls are counted");
        }

        Assert.Equal(6, Dependencies(store).Sum(d => d.CallCount));
    }

    private static Task<SinksProcess> StartAsync(IRecordLog log, string instance = "a", Dictionary<string, string?>? settings = null) =>
        new SinksProcess(log, new ScriptedTraceWriter(), instance, settings).StartAsync();

    private static IReadOnlyList<Dependency> Dependencies(ScriptedTraceWriter store) => [.. store.Dependencies.Values.SelectMany(d => d)];

    private static IReadOnlyList<(string Client, string Server)> Series(int count) => [.. Enumerable.Range(0, count).Select(i => ("client-" + i, "server-" + i))];

    private static async Task PublishSeriesAsync(IRecordLog log)
    {
        foreach (var (client, server) in Series(20))
            await log.PublishCallsAsync(client, server, 1);
    }

    private static Task PublishEndsAsync(IRecordLog log, int i, LinkEnd producer, LinkEnd consumer, bool first) =>
        // Half of the consumers come before their producers.
        log.PublishEdgesAsync(PartitionOf(producer), (i % 2 == 0) == first
            ? new EdgeDeltas(0, []) { Producers = [producer] }
            : new EdgeDeltas(0, []) { Consumers = [consumer] });

    private static int PartitionOf(LinkEnd end) => Murmur2Partitioner.PartitionOf(end.ToRecordKey(), Topics.EdgePartitionCount);

    private static async Task AwaitAllAsync(SinksProcess sinks, InMemoryLog log, double calls)
    {
        await Eventually.HoldsAsync(() => log.IsConsumed(Group, Topics.ServiceEdges, Topics.EdgePartitionCount), "all deltas are committed");
        await Eventually.HoldsAsync(() => Calls(sinks).Count == 20, "all series are shown");
        Assert.All(Series(20), s => Assert.Equal(calls, Calls(sinks)[s]));
    }

    private static Task AwaitCallsAsync((string Client, string Server, double Calls) one, (string Client, string Server, double Calls) other, SinksProcess sinks) =>
        Eventually.HoldsAsync(() => Calls(sinks) is var calls && calls.GetValueOrDefault((one.Client, one.Server)) == one.Calls
            && calls.GetValueOrDefault((other.Client, other.Server)) == other.Calls, "the calls are counted");

    private static Dictionary<(string Client, string Server), double> Calls(SinksProcess sinks) =>
        sinks.Exposition.Partitions.SelectMany(sinks.Exposition.Series).ToDictionary(s => (s.Key.Client, s.Key.Server), s => s.Calls);

    private static string Text(SinksProcess sinks)
    {
        using var writer = new StringWriter();
        sinks.Exposition.Write(writer);
        return writer.ToString();
    }

    private static double Value(string line) => double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
}
