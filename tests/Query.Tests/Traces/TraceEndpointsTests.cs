using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Shared.Model;
using Pipeline.TestKit;
using Pipeline.TestKit.Storage;

namespace Pipeline.Query.Tests.Traces;

public sealed class TraceEndpointsTests
{
    private readonly MemoryStore _store = new();

    [Fact]
    public async Task A_trace_with_everything_looks_as_reviewed()
    {
        var shared = A.Resource("stock");
        await using var process = await QueryProcess.StartAsync(_store.With(
            A.Span(span: 99), RichSpans.Full(), A.Span(span: 2, parent: 1, kind: SpanKind.Client) with { Status = new SpanStatus(SpanStatusCode.Ok, "") },
            A.Span(span: 3, parent: 2) with { Resource = shared }, A.Span(span: 4, parent: 2, kind: SpanKind.Unspecified) with { Resource = shared, Scope = InstrumentationScope.Empty },
            A.Span(span: 5) with { Resource = Resource.Empty }));
        var body = await process.Client.GetStringAsync($"/api/traces/{A.TraceId(1)}?prettyPrint=true");
        Golden.Verify("trace.json", body + "\n");
        Assert.Equal(JsonNode.Parse(body)!.ToJsonString(), JsonNode.Parse(await process.Client.GetStringAsync($"/api/traces/{A.TraceId(1)}"))!.ToJsonString());
    }

    [Fact]
    public async Task A_raw_trace_is_the_stored_one()
    {
        var span = A.Span() with { Attributes = new AttributeList { { "z", "1" }, { "ip", AttributeValue.From(16909060L) } } };
        await using var process = await QueryProcess.StartAsync(_store.With(span, span));
        var raw = (await process.GetAsync($"/api/traces/{A.TraceId(1)}?raw=true"))["data"]![0]!["spans"]!.AsArray();
        Assert.Equal(2, raw.Count);
        Assert.Equal(["otel.scope.name", "otel.scope.version", "z", "ip", "span.kind"], raw[0]!["tags"]!.AsArray().Select(t => (string)t!["key"]!));
        var adjusted = Assert.Single((await process.GetAsync($"/api/traces/{A.TraceId(1)}"))["data"]![0]!["spans"]!.AsArray())!;
        Assert.Equal("""{"key":"ip","type":"string","value":"1.2.3.4"}""", adjusted["tags"]!.AsArray().Single(t => (string)t!["key"]! == "ip")!.ToJsonString());
    }

    [Fact]
    public async Task The_decision_comes_only_to_those_who_ask()
    {
        await using var process = await QueryProcess.StartAsync(_store.With(A.Span()));
        Assert.Null((await process.GetAsync($"/api/traces/{A.TraceId(1)}"))["data"]![0]!["decision"]);
        var decision = (await process.GetAsync($"/api/traces/{A.TraceId(1)}?decision=true"))["data"]![0]!["decision"]!;
        Assert.Equal("""{"rule":"errors","reason":"root_arrived","probability":0.25}""", decision.ToJsonString());
    }

    [Theory]
    [InlineData("1", HttpStatusCode.NotFound, "trace not found")]
    [InlineData("xyz", HttpStatusCode.BadRequest, "'xyz' is not a trace id")]
    [InlineData("00", HttpStatusCode.BadRequest, "'00' is not a trace id")]
    [InlineData("a%2Fb", HttpStatusCode.BadRequest, "'a/b' is not a trace id")]
    [InlineData("1?start=x", HttpStatusCode.BadRequest, "'start'")]
    [InlineData("1?raw=x", HttpStatusCode.BadRequest, "'raw'")]
    [InlineData("1?start=1767323045000000&end=1767323044000000", HttpStatusCode.BadRequest, "'end' must not be before 'start'")]
    public async Task What_cannot_be_shown_is_said(string path, HttpStatusCode status, string expected)
    {
        await using var process = await QueryProcess.StartAsync(_store);
        Assert.Contains(expected, await process.GetErrorAsync("/api/traces/" + path, status), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_time_hint_is_padded_by_the_longest_trace()
    {
        await using var process = await QueryProcess.StartAsync(_store.With(A.Span()));
        await process.GetAsync($"/api/traces/{A.TraceId(1)}?start=1767323045000000&end=1767323046000");
        var start = DateTimeOffset.FromUnixTimeSeconds(1767323045);
        Assert.Equal((start.AddDays(-1), start.AddSeconds(1).AddDays(1)), _store.LastWindow);
        await process.GetAsync($"/api/traces/{A.TraceId(1)}");
        Assert.Equal((null, null), _store.LastWindow);
    }

    [Fact]
    public async Task Hostile_text_cannot_leave_its_string()
    {
        const string Hostile = "</script><script>alert(1)</script>\"\\\u2028\0";
        await using var process = await QueryProcess.StartAsync(_store.With(A.Span(name: Hostile)));
        var body = await process.Client.GetStringAsync($"/api/traces/{A.TraceId(1)}");
        Assert.DoesNotContain("<script>", body, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(Hostile, (string)JsonNode.Parse(body)!["data"]![0]!["spans"]![0]!["operationName"]!);
    }

    [Fact]
    public async Task Jaegers_own_translation_of_a_trace_is_ours()
    {
        var root = Environment.GetEnvironmentVariable("PIPELINE_DATA");
        if (string.IsNullOrEmpty(root) || !Directory.Exists(root))
            Assert.Skip("PIPELINE_DATA does not name the folder of the shared fixtures.");
        var expected = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(root, "fixtures/jaeger/jaeger_otlp2jaeger-out.json")))!;
        using var input = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(root, "fixtures/otlp/jaeger_otlp2jaeger-in.json")));
        await using var process = await QueryProcess.StartAsync(_store.With([.. OtlpFixture.Read(input.RootElement)]));
        var actual = await process.GetAsync("/api/traces/83a9efd15c1c98a977e0711cc93ee28b?raw=true");
        Assert.True(JsonNode.DeepEquals(expected, actual), actual.ToJsonString());
    }
}
