using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Shared.Model;
using Pipeline.Shared.Storage;

using Pipeline.TestKit;
using Pipeline.TestKit.Storage;
using Xunit;

namespace Pipeline.Integration.Tests.Elasticsearch;

/// <summary>An unmodified Jaeger finds and shows what the store wrote.</summary>
[Trait("Service", "Jaeger")]
public sealed class JaegerReadsOurDocumentsTests(ElasticsearchServer server)
{
    [Fact]
    public async Task Jaeger_finds_and_shows_what_we_wrote()
    {
        var prefix = ElasticsearchServer.NewPrefix();
        var url = server.Demand();
        using var http = new HttpClient(new SocketsHttpHandler());
        await using var store = OpenStore(url, prefix);
        try
        {
            var now = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds()).AddMinutes(-5);
            await WriteAsync(store, now);
            (await http.PostAsync(new Uri(url, $"/{prefix}-*/_refresh"), null, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
            await using var jaeger = await JaegerProcess.StartAsync(url, prefix);

            await CheckListsAsync(jaeger, now);
            await CheckSearchAsync(jaeger);
            await CheckTraceAsync(jaeger, now);
        }
        finally
        {
            await Wipe.IndicesAsync(http, url, prefix);
        }
    }

    private static async Task WriteAsync(ServiceProvider store, DateTimeOffset now)
    {
        var writer = store.GetRequiredService<ITraceWriter>();
        await writer.PrepareAsync(TestContext.Current.CancellationToken);
        var report = await writer.WriteAsync([KeptTraces.Of(Root(now), Child(now))], TestContext.Current.CancellationToken);
        Assert.Equal(2, report.StoredSpanCount);
        var hour = now.AddMinutes(-now.Minute).AddSeconds(-now.Second);
        await writer.WriteDependenciesAsync(hour, 3, [new Dependency("web", "shop", 17)], TestContext.Current.CancellationToken);
    }

    private static async Task CheckListsAsync(JaegerProcess jaeger, DateTimeOffset now)
    {
        Assert.Equal(["shop", "web"], Texts(await jaeger.GetAsync("/api/services")).Order());
        Assert.Equal(["GET /cart"], Texts(await jaeger.GetAsync("/api/services/shop/operations")));
        var end = now.AddHours(1).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        var dependency = Assert.Single((await jaeger.GetAsync($"/api/dependencies?endTs={end}&lookback=10800000")).EnumerateArray());
        Assert.Equal(("web", "shop", 17), (dependency.GetProperty("parent").GetString(), dependency.GetProperty("child").GetString(), dependency.GetProperty("callCount").GetInt32()));
    }

    private static async Task CheckSearchAsync(JaegerProcess jaeger)
    {
        foreach (var tags in new[]
        {
            """{"http.method":"GET"}""", """{"http.status_code":"500"}""", """{"error":"true"}""", """{"retry":"true"}""", """{"ratio":"3.0"}""",
            """{"span.kind":"server"}""", """{"exception.type":"Oops"}""", """{"event":"exception"}""", """{"host.name":"h-1"}""", """{"http.method":"G.T"}""",
        })
        {
            var found = await jaeger.GetAsync("/api/traces?service=shop&lookback=1h&limit=20&tags=" + Uri.EscapeDataString(tags));
            Assert.True(found.GetArrayLength() == 1, $"Jaeger found {found.GetArrayLength()} traces by {tags}.");
        }

        Assert.Equal(0, (await jaeger.GetAsync("/api/traces?service=shop&lookback=1h&tags=" + Uri.EscapeDataString("""{"http.method":"PUT"}"""))).GetArrayLength());
        Assert.Equal(1, (await jaeger.GetAsync("/api/traces?service=web&operation=root&lookback=1h&minDuration=90ms")).GetArrayLength());
    }

    private static async Task CheckTraceAsync(JaegerProcess jaeger, DateTimeOffset now)
    {
        var trace = Assert.Single((await jaeger.GetAsync("/api/traces/" + A.TraceId(1))).EnumerateArray());
        var spans = trace.GetProperty("spans").EnumerateArray().ToDictionary(s => s.GetProperty("spanID").GetString()!);
        Assert.Equal(2, spans.Count);
        var child = spans[A.SpanId(2).ToString()];
        Assert.Equal("GET /cart", child.GetProperty("operationName").GetString());
        Assert.Equal(now.ToUnixTimeMilliseconds() * 1000 + 5000, child.GetProperty("startTime").GetInt64());
        Assert.Equal(10_000, child.GetProperty("duration").GetInt64());
        Assert.Equal(("CHILD_OF", A.SpanId(1).ToString()), Reference(child, 0));
        Assert.Equal(("FOLLOWS_FROM", A.SpanId(77).ToString()), Reference(child, 1));
        CheckTags(child.GetProperty("tags"));
        var log = Assert.Single(child.GetProperty("logs").EnumerateArray());
        Assert.Equal([("attempt", "int64", "2"), ("event", "string", "exception"), ("exception.type", "string", "Oops")], Pairs(log.GetProperty("fields")));
        var process = trace.GetProperty("processes").GetProperty(child.GetProperty("processID").GetString()!);
        Assert.Equal("shop", process.GetProperty("serviceName").GetString());
        Assert.Contains(("process.pid", "int64", "42"), Pairs(process.GetProperty("tags")));
    }

    private static void CheckTags(JsonElement tags)
    {
        var pairs = Pairs(tags);
        Assert.Contains(("http.method", "string", "GET"), pairs);
        Assert.Contains(("http.status_code", "int64", "500"), pairs);
        Assert.Contains(("ratio", "float64", "3"), pairs);
        Assert.Contains(("retry", "bool", "True"), pairs);
        Assert.Contains(("span.kind", "string", "server"), pairs);
        Assert.Contains(("error", "bool", "True"), pairs);
        Assert.Contains(("otel.status_description", "string", "boom"), pairs);
        Assert.Contains(("otel.scope.name", "string", "tests"), pairs);
        Assert.Contains(("blob", "binary", "AAH/"), pairs);
        Assert.Contains(("with@at", "string", "kept"), pairs);
        Assert.Contains(("list", "string", """["a",1]"""), pairs);
    }

    private static Span Root(DateTimeOffset now) => Moved(A.Span(service: "web", name: "root", kind: SpanKind.Client, durationMs: 100), now, 0);

    private static Span Child(DateTimeOffset now) => Moved(A.Span(span: 2, parent: 1, service: "shop").WithError(), now, 5) with
    {
        Attributes = new AttributeList
        {
            { "http.method", "GET" },
            { "http.status_code", AttributeValue.From(500L) },
            { "ratio", AttributeValue.From(3.0) },
            { "retry", AttributeValue.From(true) },
            { "blob", AttributeValue.From(new byte[] { 0, 1, 255 }) },
            { "with@at", "kept" },
            { "list", AttributeValue.From([AttributeValue.From("a"), AttributeValue.From(1L)]) },
        },
        Events = [new SpanEvent { TimeUnixNano = (ulong)now.ToUnixTimeMilliseconds() * 1_000_000 + 6_000_000, Name = "exception", Attributes = new AttributeList { { "exception.type", "Oops" }, { "attempt", AttributeValue.From(2L) } } }],
        Links = [new SpanLink { TraceId = A.TraceId(9), SpanId = A.SpanId(77) }],
        Resource = new Resource { Attributes = new AttributeList { { "service.name", "shop" }, { "host.name", "h-1" }, { "process.pid", AttributeValue.From(42L) } } },
    };

    private static Span Moved(Span span, DateTimeOffset now, int ms)
    {
        var start = ((ulong)now.ToUnixTimeMilliseconds() + (ulong)ms) * 1_000_000;
        return span with { StartTimeUnixNano = start, EndTimeUnixNano = start + span.DurationNano };
    }

    private static (string?, string?) Reference(JsonElement span, int place)
    {
        var reference = span.GetProperty("references")[place];
        return (reference.GetProperty("refType").GetString(), reference.GetProperty("spanID").GetString());
    }

    private static List<(string, string, string)> Pairs(JsonElement tags) =>
        [.. tags.EnumerateArray().Select(t => (t.GetProperty("key").GetString()!, t.GetProperty("type").GetString()!, t.GetProperty("value").ToString())).Order()];

    private static IEnumerable<string> Texts(JsonElement array) => array.EnumerateArray().Select(e => e.GetString()!);

    private static ServiceProvider OpenStore(Uri url, string prefix)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Elasticsearch:Nodes:0"] = url.ToString(),
            ["Elasticsearch:IndexPrefix"] = prefix,
            ["Elasticsearch:ReplicaCount"] = "0",
            ["Store:Kind"] = "Elasticsearch",
        };
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        services.AddTraceStore();
        return services.BuildServiceProvider();
    }
}
