using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using Pipeline.Collector.Diagnostics;
using Pipeline.Collector.Publish;

namespace Pipeline.Collector.Receive.Otlp;

/// <summary>OTLP over HTTP: POST /v1/traces with protobuf or JSON, answered as the OTLP specification says (docs/specification.md, "OTLP/HTTP").</summary>
internal sealed class OtlpHttpReceiver(Ingest ingest, CollectorEvents events)
{
    private const string Protobuf = "application/x-protobuf";
    private const string Json = "application/json";
    private const string ProtobufProtocol = "otlp_http_protobuf";
    private const string JsonProtocol = "otlp_http_json";

    public async Task HandleAsync(HttpContext context)
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || !(type.MediaType.Equals(Protobuf, StringComparison.OrdinalIgnoreCase) || type.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase)))
        {
            await AnswerTextAsync(context, StatusCodes.Status415UnsupportedMediaType, $"Content-Type '{context.Request.ContentType}' is not supported: send {Protobuf} or {Json}.");
            return;
        }

        var isJson = type.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase);
        var encoding = context.Request.Headers.ContentEncoding.ToString();
        if (encoding is not ("" or "identity" or "gzip"))
        {
            await AnswerTextAsync(context, StatusCodes.Status415UnsupportedMediaType, $"Content-Encoding '{encoding}' is not supported: send gzip or none.");
            return;
        }

        await ReceiveAsync(context, isJson, encoding == "gzip");
    }

    /// <summary>Any other method.</summary>
    public static Task RefuseMethodAsync(HttpContext context)
    {
        context.Response.Headers.Allow = "POST";
        return AnswerTextAsync(context, StatusCodes.Status405MethodNotAllowed, $"{context.Request.Method} is not supported here: send POST.");
    }

    /// <summary>A signal that we do not take.</summary>
    public static Task RefuseSignalAsync(HttpContext context, string signal) =>
        AnswerTextAsync(context, StatusCodes.Status404NotFound, $"This collector takes traces at /v1/traces; {signal} are not supported.");

    private async Task ReceiveAsync(HttpContext context, bool isJson, bool isCompressed)
    {
        var protocol = isJson ? JsonProtocol : ProtobufProtocol;
        var batch = ingest.Rent();
        try
        {
            await DecodeAsync(context, isJson, isCompressed, batch);
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

        await AnswerAsync(context, isJson, await ingest.PublishAsync(batch, protocol, context.RequestAborted));
    }

    private async Task DecodeAsync(HttpContext context, bool isJson, bool isCompressed, IngestBatch batch)
    {
        var cancellation = context.RequestAborted;
        var body = await BodyReader.ReadAsync(context.Request.Body, ingest.Options.MaxRequestBytes, "Collector:MaxRequestBytes", cancellation);
        try
        {
            if (!isCompressed)
            {
                Decode(isJson, body, batch);
                return;
            }

            var inflated = await BodyReader.InflateAsync(body, ingest.Options.MaxDecompressedBytes, "Collector:MaxDecompressedBytes", cancellation);
            try
            {
                Decode(isJson, inflated, batch);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(inflated.Array!);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body.Array!);
        }
    }

    private void Decode(bool isJson, ArraySegment<byte> body, IngestBatch batch)
    {
        if (isJson)
            new OtlpJsonDecoder(ingest.Options).Decode(body, batch);
        else
            ingest.Transcode(body, batch);
    }

    private Task RefuseAsync(HttpContext context, bool isJson, string protocol, Exception exception)
    {
        if (exception is MalformedRequestException)
        {
            events.RequestMalformed(protocol, exception.Message);
            return AnswerStatusAsync(context, isJson, StatusCodes.Status400BadRequest, 3, exception.Message, null);
        }

        events.RequestTooLarge(protocol, exception.Message);
        var status = exception is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status413PayloadTooLarge;
        return AnswerStatusAsync(context, isJson, status, 8, exception.Message, null);
    }

    private Task AnswerAsync(HttpContext context, bool isJson, IngestAnswer answer) => answer.Result switch
    {
        PublishResult.Busy => AnswerStatusAsync(context, isJson, StatusCodes.Status429TooManyRequests, 8, answer.Message, ingest.Options.RetryAfter),
        PublishResult.Unavailable => AnswerStatusAsync(context, isJson, StatusCodes.Status503ServiceUnavailable, 14, answer.Message, ingest.Options.RetryAfter),
        _ => AnswerSuccessAsync(context, isJson, answer),
    };

    private static Task AnswerSuccessAsync(HttpContext context, bool isJson, IngestAnswer answer)
    {
        context.Response.ContentType = isJson ? Json : Protobuf;
        if (!isJson)
            return WriteAsync(context, OtlpMessages.Response(answer.RejectedCount, answer.Message));
        return WriteAsync(context, answer.RejectedCount == 0 ? "{}"u8.ToArray() : JsonBytes(json =>
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
            })
            : OtlpMessages.Status(code, message, retryAfter));
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
