using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Options;
using Pipeline.Collector;
using Pipeline.Shared.Model;

namespace Pipeline.AllInOne.Demo;

/// <summary>Sends the shop's traces to this process's own receiver, as any SDK would: OTLP over gRPC. The storefront's spans come a little after the others.</summary>
internal sealed partial class DemoTraffic(IOptions<DemoOptions> options, IOptions<CollectorOptions> collector, IHostApplicationLifetime lifetime, ILogger<DemoTraffic> logger, TimeProvider time)
    : BackgroundService
{
    private static readonly Marshaller<byte[]> Raw = Marshallers.Create<byte[]>(bytes => bytes, bytes => bytes);
    private static readonly Method<byte[], byte[]> Export = new(MethodType.Unary, "opentelemetry.proto.collector.trace.v1.TraceService", "Export", Raw, Raw);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await ListeningAsync(stoppingToken);
            await SendAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    private async Task ListeningAsync(CancellationToken cancellation)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellation);
    }

    private async Task SendAsync(CancellationToken cancellation)
    {
        // The first visits come at once, so that there is something to look at.
        var shop = new DemoShop(new Random(options.Value.Seed != 0 ? options.Value.Seed : (int)time.GetUtcNow().ToUnixTimeSeconds()));
        using var channel = GrpcChannel.ForAddress(Address());
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / options.Value.VisitsPerSecond), time);
        do
            foreach (var trace in shop.Visit(time.GetUtcNow()))
                await SendAsync(channel.CreateCallInvoker(), trace, cancellation);
        while (!lifetime.ApplicationStopping.IsCancellationRequested && await timer.WaitForNextTickAsync(cancellation));
    }

    private string Address()
    {
        var (address, port) = (collector.Value.Address, collector.Value.GrpcPort);
        // Loopback also where all addresses are listened on.
        return $"http://{(address is "0.0.0.0" or "::" ? "127.0.0.1" : address)}:{port}";
    }

    private async Task SendAsync(CallInvoker collector, IReadOnlyList<Span> trace, CancellationToken cancellation)
    {
        foreach (var part in trace.GroupBy(s => s.Resource.ServiceName == "storefront").OrderBy(p => p.Key))
        {
            try
            {
                await collector.AsyncUnaryCall(Export, null, new CallOptions(deadline: time.GetUtcNow().UtcDateTime + CallTimeout, cancellationToken: cancellation), OtlpExportRequest.Encode(part));
            }
            catch (RpcException exception) when (!cancellation.IsCancellationRequested && !lifetime.ApplicationStopping.IsCancellationRequested)
            {
                LogNotTaken(exception.Status.StatusCode, exception.Status.Detail);
            }
            catch (RpcException)
            {
                // The receiver stops before this does.
                return;
            }
        }
    }

    [LoggerMessage(6000, LogLevel.Warning, "The collector did not take spans of the demo shop: {Status} {Detail}")]
    private partial void LogNotTaken(StatusCode status, string detail);
}
