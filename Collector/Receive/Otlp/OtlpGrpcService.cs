using Grpc.Core;
using Pipeline.Collector.Publish;

namespace Pipeline.Collector.Receive.Otlp;

/// <summary>OTLP over gRPC: opentelemetry.proto.collector.trace.v1.TraceService/Export; logs and metrics are answered UNIMPLEMENTED.</summary>
internal sealed class OtlpGrpcService(Ingest ingest)
{
    public const string Protocol = "otlp_grpc";

    public async Task<byte[]> ExportAsync(OtlpGrpcRequest request, ServerCallContext context)
    {
        if (request.Batch is null)
            throw new RpcException(request.Error);
        var answer = await ingest.PublishAsync(request.Batch, Protocol);
        return answer.Result switch
        {
            PublishResult.Busy => throw Retry(StatusCode.ResourceExhausted, answer.Message),
            PublishResult.Unavailable => throw Retry(StatusCode.Unavailable, answer.Message),
            _ => OtlpMessages.Response(answer.RejectedCount, answer.Message),
        };
    }

    public static Task<byte[]> RefuseAsync(string signal) =>
        throw new RpcException(new Status(StatusCode.Unimplemented, $"This collector takes traces; {signal} are not supported."));

    private RpcException Retry(StatusCode code, string message) =>
        new(new Status(code, message), new Metadata { { "grpc-status-details-bin", OtlpMessages.Status((int)code, message, ingest.Options.RetryAfter) } });
}
