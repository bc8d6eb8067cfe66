using System.Buffers;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Pipeline.Collector.Diagnostics;

namespace Pipeline.Collector.Receive.Otlp;

/// <summary>
/// Binds OTLP's methods with marshallers of our own: no message object is ever built, the payload is transcoded where it lies.
/// </summary>
internal sealed class OtlpGrpcMethods(Ingest ingest, CollectorEvents events) : IServiceMethodProvider<OtlpGrpcService>
{
    // Responses are bytes already; of requests that are refused nothing is read.
    private static readonly Marshaller<byte[]> Raw = new((message, context) => context.Complete(message), _ => []);

    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<OtlpGrpcService> context)
    {
        var requests = new Marshaller<OtlpGrpcRequest>((_, _) => throw new NotSupportedException("Requests are only read."), Transcode);
        var export = new Method<OtlpGrpcRequest, byte[]>(MethodType.Unary, "opentelemetry.proto.collector.trace.v1.TraceService", "Export", requests, Raw);
        context.AddUnaryMethod(export, [], (service, request, call) => service.ExportAsync(request, call));
        AddRefusal(context, "opentelemetry.proto.collector.logs.v1.LogsService", "logs");
        AddRefusal(context, "opentelemetry.proto.collector.metrics.v1.MetricsService", "metrics");
    }

    private static void AddRefusal(ServiceMethodProviderContext<OtlpGrpcService> context, string service, string signal) =>
        context.AddUnaryMethod(new Method<byte[], byte[]>(MethodType.Unary, service, "Export", Raw, Raw), [], (_, _, _) => OtlpGrpcService.RefuseAsync(signal));

    private OtlpGrpcRequest Transcode(DeserializationContext context)
    {
        var batch = ingest.Rent();
        try
        {
            TranscodePayload(context.PayloadAsReadOnlySequence(), batch);
            return new OtlpGrpcRequest(batch, Status.DefaultSuccess);
        }
        catch (MalformedRequestException exception)
        {
            ingest.Return(batch);
            events.RequestMalformed(OtlpGrpcService.Protocol, exception.Message);
            return new OtlpGrpcRequest(null, new Status(StatusCode.InvalidArgument, exception.Message));
        }
        catch (RequestTooLargeException exception)
        {
            ingest.Return(batch);
            events.RequestTooLarge(OtlpGrpcService.Protocol, exception.Message);
            return new OtlpGrpcRequest(null, new Status(StatusCode.ResourceExhausted, exception.Message));
        }
    }

    private void TranscodePayload(in ReadOnlySequence<byte> payload, IngestBatch batch)
    {
        if (payload.IsSingleSegment)
        {
            ingest.Transcode(payload.FirstSpan, batch);
            return;
        }

        var length = (int)payload.Length;
        var slab = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            payload.CopyTo(slab);
            ingest.Transcode(slab.AsSpan(0, length), batch);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(slab);
        }
    }
}
