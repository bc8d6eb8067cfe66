using System.Net;
using Pipeline.Shared.Model;
using Pipeline.Shared.Storage;
using Pipeline.TestKit;
using Pipeline.TestKit.Storage;

namespace Pipeline.Query.Tests.Stored;

/// <summary>The whole way from a stored trace to the wire, over the embedded store.</summary>
public sealed class StoredTracesTests : IDisposable
{
    // The tests' time begins at 1767323045 s; trace n starts n seconds later.
    private const string Range = "service=cart&start=1767323045000000&end=1767323055000000";

    private readonly SqliteStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_trace_comes_out_as_it_went_in()
    {
        Span[] spans = [A.Span(span: 99), RichSpans.Full(), A.Span(span: 2, parent: 1, service: "other", kind: SpanKind.Client)];
        await _store.WithAsync(spans);
        await using var stored = await QueryProcess.StartAsync(_store.Reader);
        await using var given = await QueryProcess.StartAsync(new MemoryStore().With([.. spans.OrderBy(s => s.StartTimeUnixNano).ThenBy(s => s.SpanId)]));
        foreach (var path in new[] { $"/api/traces/{A.TraceId(1)}?raw=true", $"/api/traces/{A.TraceId(1)}" })
            Assert.Equal((await given.GetAsync(path)).ToJsonString(), (await stored.GetAsync(path)).ToJsonString());
        var decision = (await stored.GetAsync($"/api/traces/{A.TraceId(1)}?decision=true"))["data"]![0]!["decision"]!;
        Assert.Equal("""{"rule":"keep-all","reason":"root_arrived","probability":1}""", decision.ToJsonString());
    }

    [Theory]
    [InlineData("", "4 3 2 1")]
    [InlineData("&limit=2", "4 3")]
    [InlineData("&operation=GET%20/cart", "4 1")]
    [InlineData("&operation=nothing", "")]
    [InlineData("&minDuration=25ms", "4 3")]
    [InlineData("&maxDuration=25ms", "2 1")]
    [InlineData("&minDuration=0.015s&maxDuration=30000us", "3 2")]
    [InlineData("&minDuration=&maxDuration=", "4 3 2 1")]
    [InlineData("&tags={\"http.route\":\"/a:b\"}", "2")]
    [InlineData("&tag=http.route:/a:b", "2")]
    [InlineData("&tag=error:true", "3")]
    [InlineData("&tag=error:false", "4 2 1")]
    [InlineData("&tags={\"span.kind\":\"server\"}&tag=otel.status_code:ERROR", "3")]
    [InlineData("&tag=host.name:cart-0&limit=1", "4")]
    [InlineData("&lookback=custom&raw=true", "4 3 2 1")]
    public async Task A_search_finds_what_its_parameters_say(string parameters, string expected)
    {
        await StoreFourAsync();
        await using var process = await QueryProcess.StartAsync(_store.Reader);
        foreach (var path in new[] { "/api/traces", "/api/summaries" })
        {
            var found = (await process.GetAsync($"{path}?{Range}{parameters}"))["data"]!.AsArray();
            Assert.Equal(expected, string.Join(' ', found.Select(t => Number((string)t!["traceID"]!))));
        }
    }

    [Theory]
    [InlineData("start=1767323047000000&end=1767323048000000", "3 2")]
    [InlineData("start=1767323047000001&end=1767323048000000", "3")]
    [InlineData("start=1767323047000000&end=1767323047999999", "2")]
    public async Task The_time_range_includes_both_its_ends(string range, string expected)
    {
        await StoreFourAsync();
        await using var process = await QueryProcess.StartAsync(_store.Reader);
        var found = (await process.GetAsync("/api/traces?service=cart&" + range))["data"]!.AsArray();
        Assert.Equal(expected, string.Join(' ', found.Select(t => Number((string)t!["traceID"]!))));
    }

    [Fact]
    public async Task Services_operations_and_dependencies_are_those_of_the_store()
    {
        await _store.WithAsync(A.Span(service: "shop/cart", name: "b"), A.Span(span: 2, parent: 1, service: "shop/cart", name: "a", kind: SpanKind.Client), A.Span(trace: 2, service: "stock"));
        await _store.Writer.WriteDependenciesAsync(DateTimeOffset.FromUnixTimeSeconds(1767322800), 0, [new Dependency("shop/cart", "stock", 3)], TestContext.Current.CancellationToken);
        await _store.Writer.WriteDependenciesAsync(DateTimeOffset.FromUnixTimeSeconds(1767322800), 1, [new Dependency("shop/cart", "stock", 4)], TestContext.Current.CancellationToken);
        await using var process = await QueryProcess.StartAsync(_store.Reader);
        Assert.Equal("""["shop/cart","stock"]""", (await process.GetAsync("/api/services"))["data"]!.ToJsonString());
        Assert.Equal("""["a","b"]""", (await process.GetAsync("/api/services/shop%2Fcart/operations"))["data"]!.ToJsonString());
        Assert.Equal("""[{"name":"a","spanKind":"client"}]""", (await process.GetAsync("/api/operations?service=shop%2Fcart&spanKind=client"))["data"]!.ToJsonString());
        Assert.Equal("""[{"parent":"shop/cart","child":"stock","callCount":7}]""", (await process.GetAsync("/api/dependencies?endTs=1767326400000&lookback=7200000"))["data"]!.ToJsonString());
        Assert.Equal("[]", (await process.GetAsync("/api/dependencies?endTs=1767322700000&lookback=60000"))["data"]!.ToJsonString());
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_answered_with_try_again()
    {
        await File.WriteAllTextAsync(_store.File, new string('x', 8192), TestContext.Current.CancellationToken);
        await using var process = await QueryProcess.StartAsync(_store.Reader);
        Assert.StartsWith("the store is not available now", await process.GetErrorAsync("/api/services", HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trace_of_ten_thousand_spans_comes_whole()
    {
        await _store.WithAsync([.. Enumerable.Range(1, 10_000).Select(i => A.Span(span: i, parent: i / 3, startMs: i))]);
        await using var process = await QueryProcess.StartAsync(_store.Reader);
        var spans = (await process.GetAsync($"/api/traces/{A.TraceId(1)}"))["data"]![0]!["spans"]!.AsArray();
        Assert.Equal(10_000, spans.Select(s => (string)s!["spanID"]!).Distinct().Count());
        Assert.Contains("pipeline_query_spans_served_total 10000", await process.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    private Task StoreFourAsync() => _store.WithAsync(
        A.Span(trace: 1, span: 1, service: "cart", name: "GET /cart", startMs: 1000, durationMs: 10),
        A.Span(trace: 2, span: 2, service: "cart", name: "PUT /cart", startMs: 2000, durationMs: 20) with { Attributes = new AttributeList { { "http.route", "/a:b" } } },
        A.Span(trace: 3, span: 3, service: "cart", name: "DELETE /cart", startMs: 3000, durationMs: 30).WithError(),
        A.Span(trace: 4, span: 4, service: "cart", name: "GET /cart", startMs: 4000, durationMs: 40),
        A.Span(trace: 5, span: 5, service: "stock", name: "GET /cart", startMs: 5000, durationMs: 50));

    private static int Number(string traceId) => Enumerable.Range(1, 5).Single(n => A.TraceId(n).ToString() == traceId);
}
