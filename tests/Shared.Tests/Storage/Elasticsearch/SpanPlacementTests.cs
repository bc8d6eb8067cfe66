using System.Net;
using System.Text.Json;
using Pipeline.Shared.Model;
using Pipeline.Shared.Storage;
using Pipeline.TestKit;
using Pipeline.TestKit.Storage;
using Xunit;

namespace Pipeline.Shared.Tests.Storage.Elasticsearch;

/// <summary>Which index, which id, which fields.</summary>
public sealed class SpanPlacementTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_span_goes_to_its_own_day()
    {
        await using var store = await StoreOverFake.StartAsync(o => o.IndexPrefix = "prod");

        await store.Writer.WriteAsync([KeptTraces.Of(A.Span(), A.Span(span: 2, startMs: -4 * 3_600_000))], Cancellation);

        Assert.Equal(["prod-jaeger-span-2026-01-01", "prod-jaeger-span-2026-01-02"], store.Spans.Keys.Select(k => k.Split('/')[0]).Order());
    }

    [Theory]
    [InlineData(-8 * 24)]
    [InlineData(2)]
    [InlineData(24 * 365 * 100)]
    public async Task A_span_whose_clock_is_wrong_goes_to_the_day_of_the_decision(int hours)
    {
        await using var store = await StoreOverFake.StartAsync();
        var moved = A.Span(span: 2) with { StartTimeUnixNano = A.StartUnixNano + (ulong)(hours * 3_600_000_000_000L), EndTimeUnixNano = A.StartUnixNano + (ulong)(hours * 3_600_000_000_000L) + 5 };

        await store.Writer.WriteAsync([KeptTraces.Of(A.Span(), moved)], Cancellation);

        Assert.All(store.Spans.Keys, k => Assert.StartsWith("jaeger-span-2026-01-02/", k, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Hourly_indices_are_named_by_the_hour()
    {
        await using var store = await StoreOverFake.StartAsync(o => o.DateLayout = "yyyy.MM.dd.HH");

        await store.Writer.WriteAsync([KeptTraces.Of(A.Span())], Cancellation);

        Assert.StartsWith("jaeger-span-2026.01.02.03/", Assert.Single(store.Spans).Key, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ids_follow_from_the_span_alone()
    {
        await using var first = await StoreOverFake.StartAsync();
        await using var second = await StoreOverFake.StartAsync();
        var stamped = A.Span() with { SamplingThreshold = 5 };

        await first.Writer.WriteAsync([KeptTraces.Of(1, A.Span())], Cancellation);
        await second.Writer.WriteAsync([KeptTraces.Late(2, A.Span(span: 7), stamped)], Cancellation);

        Assert.Contains(Assert.Single(first.Spans).Key, second.Spans.Keys);
        Assert.Equal(32, first.Spans.Keys.Single().Split('/')[1].Length);
    }

    [Fact]
    public async Task Keys_beyond_the_limit_make_no_fields_but_are_kept()
    {
        await using var store = await StoreOverFake.StartAsync(o => o.TagKeyLimit = 12);
        store.Server.Answer = r => r.Path.EndsWith("_mapping", StringComparison.Ordinal)
            ? new FakeAnswer(HttpStatusCode.OK, """{"jaeger-span-2026-01-02":{"mappings":{"properties":{"tag":{"properties":{"a1":{"type":"keyword"},"k3":{"type":"keyword"},"a2":{},"a3":{},"a4":{} } } } } } }""")
            : null;
        var attributes = new AttributeList();
        for (var i = 0; i < 8; i++)
            attributes.Add("k" + i, "v");

        await store.Writer.WriteAsync([KeptTraces.Of(A.Span() with { Attributes = attributes })], Cancellation);

        using var json = JsonDocument.Parse(Assert.Single(store.Spans).Value);
        var fields = json.RootElement.GetProperty("tag").EnumerateObject().Select(t => t.Name).ToList();
        var tags = json.RootElement.GetProperty("tags").EnumerateArray().Select(t => t.GetProperty("key").GetString()).ToList();
        // Five were there, k3 among them; three facts and four keys fill the limit.
        Assert.Equal(["k0", "k1", "k2", "k3", "k4", "otel@scope@name", "otel@scope@version", "span@kind"], fields.Order());
        Assert.Equal(["k5", "k6", "k7"], tags.Order());
        Assert.Equal(3, json.RootElement.GetProperty("unlisted").GetArrayLength());
    }

    [Fact]
    public async Task Only_expired_indices_of_our_own_names_are_deleted()
    {
        await using var store = await StoreOverFake.StartAsync(o => o.MaxSpanAge = TimeSpan.FromDays(3));
        var old = DateTimeOffset.UtcNow.AddDays(-5).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var young = DateTimeOffset.UtcNow.AddDays(-2).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        store.Server.Answer = r => r.Path.StartsWith("/_cat/indices/jaeger-span-", StringComparison.Ordinal)
            ? new FakeAnswer(HttpStatusCode.OK, $$"""[{"index":"jaeger-span-{{old}}"},{"index":"jaeger-span-{{young}}"},{"index":"jaeger-span-archive"},{"index":"jaeger-span-{{old}}-copy"},{"index":"jaeger-span-000001"}]""")
            : null;

        await store.Writer.DeleteExpiredAsync(Cancellation);

        Assert.Equal([$"/jaeger-span-{old}?ignore_unavailable=true"], store.Server.Requests.Where(r => r.Method == "DELETE").Select(r => r.Path));
    }

    [Fact]
    public async Task A_server_that_is_too_old_is_refused()
    {
        await using var store = await StoreOverFake.StartAsync();
        store.Server.Answer = r => r.Path == "/" ? new FakeAnswer(HttpStatusCode.OK, """{"version":{"number":"6.8.23"}}""") : null;

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Writer.PrepareAsync(Cancellation));

        Assert.Contains("6.8.23 is too old", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"version":{"number":"2.19.1","distribution":"opensearch"}}""")]
    [InlineData("""{"version":{"number":"9.0.0"}}""")]
    [InlineData("""{"version":{"number":"7.17.29"}}""")]
    [InlineData("""{"version":{"number":"8.16.0-SNAPSHOT"}}""")]
    public async Task Every_template_is_installed(string version)
    {
        await using var store = await StoreOverFake.StartAsync(o => o.IndexPrefix = "x");
        store.Server.Answer = r => r.Path == "/" ? new FakeAnswer(HttpStatusCode.OK, version) : null;

        await store.Writer.PrepareAsync(Cancellation);

        Assert.Equal(["definition", "jaeger-dependencies", "jaeger-service", "jaeger-span", "summary"],
            store.Server.Requests.Where(r => r.Method == "PUT").Select(r => r.Path.Replace("/_index_template/x-tracing-", "", StringComparison.Ordinal)).Order());
    }
}
