using System.Net;
using Grpc.AspNetCore.Server.Model;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Pipeline.Collector.Diagnostics;
using Pipeline.Collector.Publish;
using Pipeline.Collector.Receive;
using Pipeline.Collector.Receive.Otlp;
using Pipeline.Shared.Hosting;

namespace Pipeline.Collector;

/// <summary>
/// The collector's stages, in the order in which a span passes them:
/// <list type="number">
/// <item>receive: <see cref="OtlpGrpcService"/> and <see cref="OtlpHttpReceiver"/> decode a request into an <see cref="IngestBatch"/>, spans transcoded to Avro;</item>
/// <item>sample: (head sampling goes here, between the batch and the publisher);</item>
/// <item>publish: <see cref="SpanPublisher"/> shares open records among requests, and answers when the log has acknowledged.</item>
/// </list>
/// </summary>
public static class CollectorPipeline
{
    /// <summary>Adds the stages. The host provides the record log and the framing.</summary>
    public static IServiceCollection AddCollector(this IServiceCollection services)
    {
        services.AddPipelineOptions<CollectorOptions, CollectorOptionsValidator>("Collector");
        services.AddSingleton<CollectorMetrics>();
        services.AddSingleton<CollectorEvents>();
        services.AddSingleton<InFlightBytes>();
        services.AddSingleton<IngestBatchPool>();
        services.AddSingleton<Ingest>();
        services.AddSingleton<OtlpGrpcService>();
        services.AddSingleton<OtlpHttpReceiver>();
        services.AddSingleton<OtlpGrpcGuard>();
        services.AddSingleton<RecordSender>();
        services.AddSingleton<SpanPublisher>();
        services.AddHostedService(provider => provider.GetRequiredService<SpanPublisher>());
        AddGrpc(services);
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<CollectorOptions>>(Listen);
        return services;
    }

    /// <summary>Maps the receivers, each to its own port.</summary>
    public static void MapCollector(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<CollectorOptions>>().Value;
        var receiver = app.Services.GetRequiredService<OtlpHttpReceiver>();
        var guard = app.Services.GetRequiredService<OtlpGrpcGuard>();
        app.Use(next => context => context.Connection.LocalPort == options.GrpcPort ? guard.InvokeAsync(context, next) : next(context));
        app.MapGrpcService<OtlpGrpcService>().RequirePort(options.GrpcPort);
        var http = app.MapGroup("").RequirePort(options.HttpPort);
        http.Map("/v1/traces", receiver.HandleAsync);
        foreach (var signal in new[] { "logs", "metrics" })
            http.Map("/v1/" + signal, context => OtlpHttpReceiver.RefuseSignalAsync(context, signal));
    }

    private static void AddGrpc(IServiceCollection services)
    {
        services.AddGrpc();
        services.AddOptions<Grpc.AspNetCore.Server.GrpcServiceOptions>().Configure<IOptions<CollectorOptions>>((grpc, options) =>
        {
            grpc.MaxReceiveMessageSize = options.Value.MaxRequestBytes;
            grpc.CompressionProviders.Clear();
            grpc.CompressionProviders.Add(new CappedGzipProvider(options.Value.MaxDecompressedBytes));
        });
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IServiceMethodProvider<OtlpGrpcService>, OtlpGrpcMethods>());
    }

    private static void Listen(KestrelServerOptions kestrel, IOptions<CollectorOptions> collector)
    {
        var options = collector.Value;
        // Bodies are bounded where they are read, with an answer in OTLP's own form.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Listen(IPAddress.Parse(options.Address), options.GrpcPort, listen => listen.Protocols = HttpProtocols.Http2);
        kestrel.Listen(IPAddress.Parse(options.Address), options.HttpPort);
    }
}
