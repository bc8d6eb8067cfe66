using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Shared.Storage;
using Pipeline.Shared.Storage.Elasticsearch;
using Pipeline.Shared.Tests.Storage.Elasticsearch;
using Pipeline.TestKit;
using Pipeline.TestKit.Storage;
using Xunit;

namespace Pipeline.Shared.Tests.Storage;

/// <summary>What goes over the wire to Elasticsearch, byte for byte: other programs read it, and ids must never change.</summary>
public sealed class ElasticsearchGoldenTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task Bulk_request()
    {
        await using var store = await StoreOverFake.StartAsync();

        await store.Writer.WriteAsync([KeptTraces.Of(41, A.Span(), RichSpans.Full(span: 2), A.Span(span: 3, parent: 1).WithError())], TestContext.Current.CancellationToken);

        Golden.Verify("elasticsearch-bulk.ndjson", Assert.Single(store.Server.Bulks).Body);
    }

    [Fact]
    public async Task Dependencies_request()
    {
        await using var store = await StoreOverFake.StartAsync();

        await store.Writer.WriteDependenciesAsync(DateTimeOffset.UnixEpoch.AddYears(56).AddMinutes(5), 3, [new("a", "b", 7)], TestContext.Current.CancellationToken);

        Golden.Verify("elasticsearch-dependencies.ndjson", Assert.Single(store.Server.Bulks).Body);
    }

    [Fact]
    public void Templates()
    {
        var options = new ElasticsearchOptions { IndexPrefix = "prod" };
        foreach (var (name, body) in IndexTemplates.Build(options, new IndexNames(options)))
            Golden.Verify($"elasticsearch-{name}.json", Indent(body));
    }

    [Fact]
    public void Search()
    {
        var query = new TraceQuery
        {
            Service = "checkout",
            Operation = "GET /cart",
            Tags = new Dictionary<string, string> { ["http.method"] = "GET", ["http.status_code"] = "200", ["k@y"] = "v", ["host.name"] = "h", ["error"] = "false" },
            StartMin = DateTimeOffset.UnixEpoch.AddYears(56),
            StartMax = DateTimeOffset.UnixEpoch.AddYears(56).AddHours(1),
            DurationMin = TimeSpan.FromMilliseconds(1.5),
            Limit = 20,
        };
        var resources = new Dictionary<string, IReadOnlyCollection<string>> { ["http.method"] = [], ["http.status_code"] = [], ["k@y"] = [], ["host.name"] = ["r1", "r2"] };

        Golden.Verify("elasticsearch-search.json", Indent(SearchClient.Render(json => TraceSearchBody.Write(json, query, resources, 30))));
    }

    private static string Indent(string json) => JsonNode.Parse(json)!.ToJsonString(Indented) + "\n";
}
