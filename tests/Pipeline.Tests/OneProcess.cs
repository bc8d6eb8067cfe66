using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.AllInOne;
using Pipeline.AllInOne.Demo;
using Pipeline.Shared.Hosting;
using Pipeline.Shared.Model;

namespace Pipeline.Pipeline.Tests;

/// <summary>The whole pipeline in this process, on free ports, with its data in a folder.</summary>
internal sealed class OneProcess : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http = new(new SocketsHttpHandler(), disposeHandler: true);
    private bool _isStopped;

    public OneProcess(TemporaryFolder folder, Dictionary<string, string?>? settings = null)
    {
        var ports = FreePorts(4);
        (GrpcPort, HttpPort, QueryPort, AdminPort) = (ports[0], ports[1], ports[2], ports[3]);
        _app = PipelineHost.Build(AllInOneProcess.Create(), new ConfigurationBuilder().AddInMemoryCollection(Settings(folder, ports)).AddInMemoryCollection(settings ?? []).Build());
    }

    public int GrpcPort { get; }

    public int HttpPort { get; }

    public int QueryPort { get; }

    public int AdminPort { get; }

    public StageHealth Health => _app.Services.GetRequiredService<StageHealth>();

    /// <summary>Settings for free ports and short waits.</summary>
    public static Dictionary<string, string?> Settings(TemporaryFolder folder, IReadOnlyList<int> ports) => new()
    {
        ["Collector:GrpcPort"] = Text(ports[0]),
        ["Collector:HttpPort"] = Text(ports[1]),
        ["Query:Port"] = Text(ports[2]),
        ["Admin:Port"] = Text(ports[3]),
        ["Logging:LogLevel:Default"] = "Error",
        ["Sqlite:Path"] = Path.Combine(folder.Path, "traces.db"),
        ["Aggregator:DecisionWait"] = "00:00:01",
        ["Aggregator:DecisionWaitAfterRoot"] = "00:00:00.100",
        ["Sinks:BatchInterval"] = "00:00:00.050",
        ["Sinks:EdgeStepInterval"] = "00:00:00.100",
        ["Sinks:DependencyInterval"] = "00:00:00.200",
    };

    /// <summary>Ports that nobody listens on now.</summary>
    public static IReadOnlyList<int> FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(l => l.Start());
        var ports = listeners.ConvertAll(l => ((IPEndPoint)l.LocalEndpoint).Port);
        listeners.ForEach(l => l.Stop());
        return ports;
    }

    public async Task<OneProcess> StartAsync()
    {
        await _app.StartAsync();
        await TestKit.Eventually.HoldsAsync(() => Health.IsReady, "every stage is ready");
        return this;
    }

    /// <summary>Sends spans as an SDK does over OTLP/HTTP.</summary>
    public async Task SendAsync(IEnumerable<Span> spans)
    {
        using var body = new ByteArrayContent(OtlpExportRequest.Encode(spans));
        body.Headers.ContentType = new("application/x-protobuf");
        using var response = await _http.PostAsync(new Uri($"http://127.0.0.1:{HttpPort}/v1/traces"), body);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>What the query API answers, or null for 404.</summary>
    public async Task<JsonElement?> QueryAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri($"http://127.0.0.1:{QueryPort}{path}"));
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;
        response.EnsureSuccessStatusCode();
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("data");
    }

    public Task<string> MetricsAsync() => _http.GetStringAsync(new Uri($"http://127.0.0.1:{AdminPort}/metrics"));

    public async Task StopAsync()
    {
        _isStopped = true;
        await _app.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isStopped)
            await StopAsync();
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
