using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Hosting;
using Pipeline.Shared.Messaging;
using Prometheus;

namespace Pipeline.Collector.Tests.Receive;

/// <summary>A collector on a given log, on free ports of its own.</summary>
internal sealed class CollectorProcess : IAsyncDisposable
{
    private readonly WebApplication _app;

    private CollectorProcess(WebApplication app, int grpcPort, int httpPort) => (_app, GrpcPort, HttpPort) = (app, grpcPort, httpPort);

    public int GrpcPort { get; }

    public int HttpPort { get; }

    public HttpClient Client { get; } = new(new SocketsHttpHandler());

    public static async Task<CollectorProcess> StartAsync(IRecordLog log, params (string Setting, string Value)[] settings)
    {
        var (grpc, http) = (FreePort(), FreePort());
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Admin:Port"] = "0",
            ["Topics:PartitionCount"] = "4",
            ["Collector:GrpcPort"] = grpc.ToString(CultureInfo.InvariantCulture),
            ["Collector:HttpPort"] = http.ToString(CultureInfo.InvariantCulture),
        }).AddInMemoryCollection(settings.ToDictionary(s => s.Setting, string? (s) => s.Value)).Build();
        var app = PipelineHost.Build(new PipelineProcess
        {
            Name = "collector",
            Description = "under test",
            AddStages = builder =>
            {
                builder.Services.AddSingleton(new RecordFraming());
                builder.Services.AddSingleton(log);
                builder.Services.AddCollector();
            },
            MapEndpoints = a => a.MapCollector(),
        }, configuration);
        await app.StartAsync();
        return new CollectorProcess(app, grpc, http) { Client = { BaseAddress = new Uri($"http://127.0.0.1:{http}") } };
    }

    /// <summary>What /metrics would say.</summary>
    public async Task<string> MetricsAsync()
    {
        using var stream = new MemoryStream();
        await _app.Services.GetRequiredService<CollectorRegistry>().CollectAndExportAsTextAsync(stream);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
