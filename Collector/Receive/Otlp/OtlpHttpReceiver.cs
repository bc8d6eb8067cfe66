using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using Pipeline.Collector.Diagnostics;
using Pipeline.Collector.Publish;

namespace Pipeline.Collector.Receive.Otlp;

/// <summary>OTLP over HTTP: POST /v1/traces with protobuf or JSON, answered as the OTLP specification says (docs/specification.md, "OTLP/HTTP").</summary>
internal sealed class OtlpHttpReceiver(Ingest ingest, InFlightBytes inFlight, CollectorEvents events, CollectorMetrics metrics)
{
    private const string Protobuf = "application/x-protobuf";
    private const string Json = "application/json";
    private const string AnyProtocol = "otlp_http";
    private const string ProtobufProtocol = "otlp_http_protobuf";
    private const string JsonProtocol = "otlp_http_json";

    private static readonly byte[] EmptyJson = "{}"u8.ToArray();

    // google.rpc.Code
    private const int InvalidArgument = 3;
    private const int ResourceExhausted = 8;
    private const int Unavailable = 14;

    /// <summary>Answers a request to /v1/traces, whatever it is.</summary>
    public Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        if (!HttpMethods.IsPost(request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            return RefuseUnsupportedAsync(context, StatusCodes.Status405MethodNotAllowed, $"{request.Method} is not supported here: send POST.");
        }

        if (!TryReadFormat(request.ContentType, out var isJson))
            return RefuseUnsupportedAsync(context, StatusCodes.Status415UnsupportedMediaType, $"Content-Type '{request.ContentType}' is not supported: send {Protobuf} or {Json}.");
        var encoding = request.Headers.ContentEncoding.ToString();
        var isGzip = encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase);
        if (isGzip || encoding.Length == 0 || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            return ReceiveAsync(context, isJson, isGzip);
        return RefuseUnsupportedAsync(context, StatusCodes.Status415UnsupportedMediaType, $"Content-Encoding '{encoding}' is not supported: send gzip or none.");
    }

    /// <summary>A signal that we do not take.</summary>
    public static Task RefuseSignalAsync(HttpContext context, string signal) =>
        AnswerTextAsync(context, StatusCodes.Status404NotFound, $"This collector takes traces at /v1/traces; {signal} are not supported.");

    private static bool TryReadFormat(string? contentType, out bool isJson)
    {
        isJson = contentType == Json;
        if (isJson || contentType == Protobuf)
            return true;
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type))
            return false;
        isJson = type.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase);
        return isJson || type.MediaType.Equals(Protobuf, StringComparison.OrdinalIgnoreCase);
    }

    private Task RefuseUnsupportedAsync(HttpContext context, int status, string message)
    {
        events.RequestUnsupported(AnyProtocol, message);
        return AnswerTextAsync(context, status, message);
    }

    private async Task ReceiveAsync(HttpContext context, bool isJson, bool isGzip)
    {
        var protocol = isJson ? JsonProtocol : ProtobufProtocol;
        var batch = ingest.Rent();
        try
        {
            if (!await TryDecodeAsync(context, isJson, isGzip, batch))
            {
                ingest.Return(batch);
                metrics.CountRequest(protocol, RequestOutcome.Busy);
                await AnswerAsync(context, isJson, IngestAnswer.Busy);
                return;
            }
        }
        catch (Exception exception) when (exception is MalformedRequestException or RequestTooLargeException or BadHttpRequestException)
        {
            ingest.Return(batch);
            await RefuseAsync(context, isJson, protocol, exception);
            return;
        }
        catch
        {
            ingest.Return(batch);
            throw;
        }

        await AnswerAsync(context, isJson, await ingest.PublishAsync(batch, protocol));
    }

    private async ValueTask<bool> TryDecodeAsync(HttpContext context, bool isJson, bool isGzip, IngestBatch batch)
    {
        using var reader = new BodyReader(inFlight, ingest.Options);
        if (!await reader.TryReadAsync(context.Request, context.RequestAborted))
            return false;
        if (isGzip)
            reader.Inflate();
        if (isJson)
            new OtlpJsonDecoder(ingest.Options).Decode(reader.Body, batch);
        else
            ingest.Transcode(reader.Body.Span, batch);
        return true;
    }

    private Task RefuseAsync(HttpContext context, bool isJson, string protocol, Exception exception)
    {
        if (exception is RequestTooLargeException)
        {
            events.RequestTooLarge(protocol, exception.Message);
            return AnswerStatusAsync(context, isJson, StatusCodes.Status413PayloadTooLarge, ResourceExhausted, exception.Message, null);
        }

        events.RequestMalformed(protocol, exception.Message);
        return AnswerStatusAsync(context, isJson, exception is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status400BadRequest, InvalidArgument, exception.Message, null);
    }

    private Task AnswerAsync(HttpContext context, bool isJson, IngestAnswer answer) => answer.Result switch
    {
        PublishResult.Busy => AnswerStatusAsync(context, isJson, StatusCodes.Status429TooManyRequests, ResourceExhausted, answer.Message, ingest.Options.RetryAfter),
        PublishResult.Unavailable => AnswerStatusAsync(context, isJson, StatusCodes.Status503ServiceUnavailable, Unavailable, answer.Message, ingest.Options.RetryAfter),
        _ => AnswerSuccessAsync(context, isJson, answer),
    };

    private static Task AnswerSuccessAsync(HttpContext context, bool isJson, IngestAnswer answer)
    {
        context.Response.ContentType = isJson ? Json : Protobuf;
        if (!isJson)
            return WriteAsync(context, OtlpMessages.Response(answer.RejectedCount, answer.Message));
        return WriteAsync(context, answer.RejectedCount == 0 ? EmptyJson : JsonBytes(json =>
        {
            json.WriteStartObject("partialSuccess");
            json.WriteString("rejectedSpans", answer.RejectedCount.ToString(CultureInfo.InvariantCulture));
            json.WriteString("errorMessage", answer.Message);
            json.WriteEndObject();
        }));
    }

    private static Task AnswerStatusAsync(HttpContext context, bool isJson, int httpStatus, int code, string message, TimeSpan? retryAfter)
    {
        context.Response.StatusCode = httpStatus;
        context.Response.ContentType = isJson ? Json : Protobuf;
        if (retryAfter is { } delay)
            context.Response.Headers.RetryAfter = Math.Ceiling(delay.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return WriteAsync(context, isJson
            ? JsonBytes(json =>
            {
                json.WriteNumber("code", code);
                json.WriteString("message", message);
                if (retryAfter is { } wait)
                    WriteRetryInfo(json, wait);
            })
            : OtlpMessages.Status(code, message, retryAfter));
    }

    // Any and Duration in protobuf's JSON form.
    private static void WriteRetryInfo(Utf8JsonWriter json, TimeSpan wait)
    {
        json.WriteStartArray("details");
        json.WriteStartObject();
        json.WriteString("@type", OtlpMessages.RetryInfoType);
        json.WriteString("retryDelay", wait.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + "s");
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static Task AnswerTextAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(message + "\n", context.RequestAborted);
    }

    private static Task WriteAsync(HttpContext context, byte[] body)
    {
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private static byte[] JsonBytes(Action<Utf8JsonWriter> writeMembers)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            writeMembers(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
