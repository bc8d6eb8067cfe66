using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using Grpc.Core;
using Pipeline.Collector.Diagnostics;

namespace Pipeline.Collector.Receive.Otlp;

/// <summary>
/// Looks at the length that a gRPC message declares (gRPC over HTTP/2, "Length-Prefixed-Message") before any of it is buffered: refuses what is beyond the limits in our own
/// words, and counts the rest against what may be in flight.
/// </summary>
internal sealed class OtlpGrpcGuard(Ingest ingest, InFlightBytes inFlight, CollectorEvents events, CollectorMetrics metrics)
{
    private const int PrefixBytes = 5;

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var length = await PeekLengthAsync(context);
        if (length > ingest.Options.MaxRequestBytes)
        {
            var message = $"The message has {length} bytes, more than {ingest.Options.MaxRequestBytes} (Collector:MaxRequestBytes).";
            events.RequestTooLarge(OtlpGrpcService.Protocol, message);
            Refuse(context, message, null);
            return;
        }

        if (!inFlight.TryTake(length))
        {
            metrics.CountRequest(OtlpGrpcService.Protocol, RequestOutcome.Busy);
            Refuse(context, IngestAnswer.Busy.Message, ingest.Options.RetryAfter);
            return;
        }

        try
        {
            await next(context);
        }
        finally
        {
            inFlight.GiveBack(length);
        }
    }

    // Nothing is consumed: the framework reads the prefix once more. A message that is cut off, or none, is left to it as well.
    private static async ValueTask<long> PeekLengthAsync(HttpContext context)
    {
        var body = context.Request.BodyReader;
        var read = await body.ReadAtLeastAsync(PrefixBytes, context.RequestAborted);
        var length = ReadLength(read.Buffer);
        body.AdvanceTo(read.Buffer.Start);
        return length;
    }

    private static long ReadLength(in ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length < PrefixBytes)
            return 0;
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        buffer.Slice(0, PrefixBytes).CopyTo(prefix);
        return BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
    }

    // A response of trailers only.
    private static void Refuse(HttpContext context, string message, TimeSpan? retryAfter)
    {
        const int code = (int)StatusCode.ResourceExhausted;
        var headers = context.Response.Headers;
        headers.ContentType = "application/grpc";
        headers["grpc-status"] = code.ToString(CultureInfo.InvariantCulture);
        headers["grpc-message"] = message;
        if (retryAfter is not null)
            headers["grpc-status-details-bin"] = Convert.ToBase64String(OtlpMessages.Status(code, message, retryAfter)).TrimEnd('=');
    }
}
