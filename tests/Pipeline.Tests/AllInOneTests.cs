using Microsoft.Extensions.Options;
using Pipeline.Shared.Model;
using Pipeline.Shared.Storage.Sqlite;
using Pipeline.TestKit;
using Xunit;

namespace Pipeline.Pipeline.Tests;

public sealed class AllInOneTests
{
    [Fact]
    public async Task A_trace_sent_over_OTLP_is_found_by_its_id_with_its_spans_and_edges()
    {
        using var folder = new TemporaryFolder();
        await using var pipeline = await new OneProcess(folder).StartAsync();
        await pipeline.SendAsync(Trace(1));
        var spans = await AwaitTraceAsync(pipeline, A.TraceId(1));
        Assert.Equal(["GET /cart", "GET /cart", "HGETALL"], spans);
        await EventuallyAsync(async () => (await pipeline.MetricsAsync()).Contains("traces_service_graph_request_total{client=\"frontend\",server=\"cart\",connection_type=\"\"} 1\n", StringComparison.Ordinal));
        await EventuallyAsync(async () => await CallsAsync(pipeline, "frontend", "cart") == 1);
    }

    [Fact]
    public async Task Late_spans_join_the_trace_that_was_stored()
    {
        using var folder = new TemporaryFolder();
        await using var pipeline = await new OneProcess(folder).StartAsync();
        await pipeline.SendAsync(Trace(1).Take(2));
        Assert.Equal(2, (await AwaitTraceAsync(pipeline, A.TraceId(1))).Count);
        await pipeline.SendAsync(Trace(1).Skip(2));
        await EventuallyAsync(async () => (await AwaitTraceAsync(pipeline, A.TraceId(1))).Count == 3);
    }

    [Fact]
    public async Task A_clean_stop_stores_all_that_was_acknowledged()
    {
        using var folder = new TemporaryFolder();
        var patient = new Dictionary<string, string?> { ["Aggregator:DecisionWait"] = "00:10:00", ["Aggregator:DecisionWaitAfterRoot"] = "00:10:00", ["Sinks:BatchInterval"] = "00:01:00" };
        var pipeline = await new OneProcess(folder, patient).StartAsync();
        for (var i = 0; i < 100; i += 10)
            await pipeline.SendAsync(Enumerable.Range(i, 10).SelectMany(Trace));
        await pipeline.DisposeAsync();
        var reader = new SqliteTraceReader(Options.Create(new SqliteOptions { Path = Path.Combine(folder.Path, "traces.db") }));
        for (var i = 0; i < 100; i++)
            Assert.Equal(3, (await reader.GetTraceAsync(A.TraceId(i), null, null, CancellationToken.None))?.Spans.Count);
    }

    [Fact]
    public async Task Dependencies_of_an_earlier_run_stay_beside_those_of_the_next()
    {
        using var folder = new TemporaryFolder();
        for (var run = 1; run <= 2; run++)
        {
            // As if the runs began in different seconds.
            await using var pipeline = await new OneProcess(folder, new() { ["Sinks:DependencyEpoch"] = run == 1 ? "1" : "2" }).StartAsync();
            await pipeline.SendAsync(Trace(run));
            await AwaitTraceAsync(pipeline, A.TraceId(run));
            await EventuallyAsync(async () => await CallsAsync(pipeline, "frontend", "cart") == run);
        }
    }

    [Fact]
    public async Task The_demo_shop_shows_all_its_services_and_passes_no_bad_span()
    {
        using var folder = new TemporaryFolder();
        await using var pipeline = await new OneProcess(folder, new() { ["Demo:Enabled"] = "true", ["Demo:VisitsPerSecond"] = "50", ["Demo:Seed"] = "3" }).StartAsync();
        await EventuallyAsync(async () => (await pipeline.QueryAsync("/api/services"))!.Value.GetArrayLength() == 10);
        var metrics = await pipeline.MetricsAsync();
        Assert.DoesNotContain(metrics.Split('\n'), l => l.StartsWith("pipeline_collector_spans_rejected_total{", StringComparison.Ordinal) && !l.EndsWith(" 0", StringComparison.Ordinal));
        await EventuallyAsync(async () => await CallsAsync(pipeline, "checkout", "notifications") > 0);
    }

    private static IEnumerable<Span> Trace(int id)
    {
        var shift = (ulong)(TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100 - A.StartUnixNano - 1_000_000_000;
        return new[]
        {
            A.Span(trace: id, span: 1, service: "frontend", kind: SpanKind.Client),
            A.Span(trace: id, span: 2, parent: 1, service: "cart"),
            A.Span(trace: id, span: 3, parent: 2, service: "cart", name: "HGETALL", kind: SpanKind.Client) with { Attributes = new AttributeList { { "db.system.name", "redis" } } },
        }.Select(s => s with { StartTimeUnixNano = s.StartTimeUnixNano + shift, EndTimeUnixNano = s.EndTimeUnixNano + shift });
    }

    private static async Task<IReadOnlyList<string>> AwaitTraceAsync(OneProcess pipeline, TraceId id)
    {
        IReadOnlyList<string> names = [];
        await EventuallyAsync(async () =>
        {
            if (await pipeline.QueryAsync($"/api/traces/{id}") is not { } traces)
                return false;
            names = [.. traces[0].GetProperty("spans").EnumerateArray().Select(s => s.GetProperty("operationName").GetString()!).Order(StringComparer.Ordinal)];
            return true;
        });
        return names;
    }

    private static async Task<long> CallsAsync(OneProcess pipeline, string parent, string child)
    {
        var end = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var dependencies = (await pipeline.QueryAsync($"/api/dependencies?endTs={end}&lookback=7200000"))!.Value;
        return dependencies.EnumerateArray().Where(d => d.GetProperty("parent").GetString() == parent && d.GetProperty("child").GetString() == child).Sum(d => d.GetProperty("callCount").GetInt64());
    }

    private static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        var deadline = Environment.TickCount64 + 30_000;
        while (!await condition())
        {
            Assert.True(Environment.TickCount64 < deadline, "It did not come true within 30 s.");
            await Task.Delay(30, TestContext.Current.CancellationToken);
        }
    }
}
