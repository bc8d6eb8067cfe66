using System.Globalization;
using System.Text.Json;
using Pipeline.Integration.Tests.Elasticsearch;
using Pipeline.TestKit;
using Xunit;

namespace Pipeline.Integration.Tests.EndToEnd;

/// <summary>
/// All four processes over three Kafka brokers and Elasticsearch, the load generator as the judge: every span once, every edge right, although the aggregator is killed
/// in the middle.
/// </summary>
public sealed class WholePipelineTests(ElasticsearchServer elasticsearch) : IClassFixture<ElasticsearchServer>
{
    private const string Waves = "40";

    [Fact]
    public async Task Every_span_comes_through_once_and_every_edge_is_counted_although_the_aggregator_is_killed()
    {
        var cancellation = TestContext.Current.CancellationToken;
        LoadGenerator.Demand();
        var store = new[] { "--set", $"Elasticsearch:Nodes:0={elasticsearch.Demand()}", "--set", $"Elasticsearch:IndexPrefix={ElasticsearchServer.NewPrefix()}", "--set", "Elasticsearch:ReplicaCount=0",
            "--set", "Elasticsearch:RefreshInterval=00:00:01", "--set", "Store:Kind=Elasticsearch" };
        await using var kafka = await KafkaService.StartAsync(3, cancellation);
        var ports = FreePorts.Take(7);
        string[] log = ["--config", Empty(), "--set", "Kafka:BootstrapServers=" + kafka.BootstrapServers, "--set", "Topics:PartitionCount=12"];
        await using (var topics = PipelineProgram.Start("Aggregator", ["topics", .. log]))
            Assert.Equal(0, await topics.WaitAsync(cancellation));

        await using var collector = PipelineProgram.Start("Collector", [.. log, .. Admin(ports[0]), "--set", $"Collector:GrpcPort={ports[1]}", "--set", $"Collector:HttpPort={ports[2]}"]);
        var aggregator = StartAggregator(log, ports[3]);
        await using var sinks = PipelineProgram.Start("Sinks", [.. log, .. store, .. Admin(ports[4]), "--set", "Sinks:DependencyInterval=00:00:01"]);
        await using var query = PipelineProgram.Start("Query", ["--config", Empty(), .. store, .. Admin(ports[5]), "--set", $"Query:Port={ports[6]}"]);
        try
        {
            foreach (var port in new[] { ports[0], ports[3], ports[4], ports[5] })
                await ReadyAsync(port, cancellation);
            var sending = LoadGenerator.RunAsync(["send", "-waves", Waves, "-rate", "4000", "-endpoint", $"127.0.0.1:{ports[1]}", "-retry-for", "60s"], cancellation);
            await Eventually.HoldsAsync(() => Metric(ports[0], "pipeline_collector_spans_published_total") > 15_000, "a part of the spans is published", cancellation: cancellation);
            await aggregator.KillAsync();
            await aggregator.DisposeAsync();
            aggregator = StartAggregator(log, ports[3]);
            var (sent, report) = await sending;
            Assert.True(sent == 0, report);

            var anchor = JsonDocument.Parse(report).RootElement.GetProperty("anchor").GetInt64().ToString(CultureInfo.InvariantCulture);
            var (verified, verdict) = await LoadGenerator.RunAsync(["verify", "-waves", Waves, "-rate", "4000", "-anchor", anchor, "-from", $"jaeger:http://127.0.0.1:{ports[6]}", "-wait", "120s", "-settle", "2s"], cancellation);
            Assert.True(verified == 0, verdict + sinks.Output);
            var (edges, differences) = await LoadGenerator.RunAsync(["verify-edges", "-waves", Waves, "-rate", "4000", "-from", $"http://127.0.0.1:{ports[4]}/metrics"], cancellation);
            Assert.True(edges == 0, differences);
            AssertLedger(ports[3], 1180 * int.Parse(Waves, CultureInfo.InvariantCulture));
        }
        finally
        {
            await aggregator.DisposeAsync();
        }
    }

    // The wait after the root is long enough for a busy machine: a span that comes late is stored, but counts for no edge.
    private static PipelineProgram StartAggregator(string[] log, int adminPort) => PipelineProgram.Start("Aggregator",
        [.. log, .. Admin(adminPort), "--set", "Aggregator:InstanceId=a", "--set", "Aggregator:SessionTimeout=00:00:06", "--set", "Aggregator:DecisionWait=00:00:12", "--set", "Aggregator:DecisionWaitAfterRoot=00:00:12"]);

    private static string[] Admin(int port) => ["--set", $"Admin:Port={port}"];

    private static void AssertLedger(int adminPort, double spanCount)
    {
        Assert.Equal(spanCount, Ledger(adminPort, "consumed"));
        Assert.Equal(spanCount, Ledger(adminPort, "kept"));
        Assert.Equal(0, Ledger(adminPort, "in_flight") + Ledger(adminPort, "dropped") + Ledger(adminPort, "duplicate"));
    }

    private static double Ledger(int adminPort, string term) => Lines(adminPort)
        .Where(l => l.StartsWith("pipeline_aggregator_ledger_spans{", StringComparison.Ordinal) && l.Contains($"term=\"{term}\"", StringComparison.Ordinal)).Sum(Value);

    private static double Metric(int adminPort, string name) => Lines(adminPort).Where(l => l.StartsWith(name + " ", StringComparison.Ordinal)).Sum(Value);

    private static double Value(string line) => double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture);

    private static string[] Lines(int adminPort)
    {
        using var client = new HttpClient(new SocketsHttpHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{adminPort}/metrics");
        using var response = client.Send(request);
        using var reader = new StreamReader(response.Content.ReadAsStream());
        return reader.ReadToEnd().Split('\n');
    }

    private static Task ReadyAsync(int adminPort, CancellationToken cancellation) => Eventually.HoldsAsync(() =>
    {
        try
        {
            using var client = new HttpClient(new SocketsHttpHandler());
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{adminPort}/readyz");
            return client.Send(request, cancellation).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }, $"the process with admin port {adminPort} is ready", TimeSpan.FromSeconds(60), cancellation);

    private static string Empty()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "empty.json");
        if (!File.Exists(path))
            File.WriteAllText(path, "{}");
        return path;
    }
}
