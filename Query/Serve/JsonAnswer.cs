using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Pipeline.Query.Serve;

/// <summary>
/// One answer in the envelope of Jaeger's HTTP JSON API (<c>data, total, limit, offset, errors</c>; jaegerquery/internal/http_handler.go), written to the response as
/// it is made, compressed where the client takes gzip.
/// </summary>
internal sealed class JsonAnswer : IAsyncDisposable
{
    private const int FlushBytes = 64 << 10;

    // Text stays readable, but what HTML could mistake for markup is escaped.
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.Create(UnicodeRanges.All);

    private readonly Stream _body;
    private readonly bool _ownsBody;

    private JsonAnswer(HttpContext context, bool compressed)
    {
        _ownsBody = compressed;
        _body = compressed ? new GZipStream(context.Response.Body, CompressionLevel.Fastest, leaveOpen: true) : context.Response.Body;
        Json = new Utf8JsonWriter(_body, new JsonWriterOptions { Encoder = Encoder, Indented = IsPretty(context.Request.Query), IndentSize = 4 });
    }

    /// <summary>Where the data is written to.</summary>
    public Utf8JsonWriter Json { get; }

    /// <summary>Begins an answer up to the name of its data; the caller writes one value next.</summary>
    public static JsonAnswer Begin(HttpContext context)
    {
        var answer = new JsonAnswer(context, PrepareCompression(context));
        context.Response.ContentType = "application/json";
        answer.Json.WriteStartObject();
        answer.Json.WritePropertyName("data");
        return answer;
    }

    /// <summary>Ends the envelope and sends what is left.</summary>
    public async Task EndAsync(int total, IReadOnlyList<ApiError> errors, CancellationToken cancellation)
    {
        WriteTail(Json, total, errors);
        await Json.FlushAsync(cancellation);
    }

    /// <summary>Answers with an error in the place of data, as plain text, in which Jaeger's handler sends it too.</summary>
    public static async Task FailAsync(HttpContext context, ApiError error)
    {
        context.Response.StatusCode = error.Code;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await using var answer = new JsonAnswer(context, compressed: false);
        answer.Json.WriteStartObject();
        answer.Json.WriteNull("data");
        await answer.EndAsync(0, [error], context.RequestAborted);
    }

    /// <summary>Sends what has been written, once it is worth it.</summary>
    public ValueTask FlushSomeAsync(CancellationToken cancellation) =>
        Json.BytesPending < FlushBytes ? default : new ValueTask(Json.FlushAsync(cancellation));

    public async ValueTask DisposeAsync()
    {
        await Json.DisposeAsync();
        if (_ownsBody)
            await _body.DisposeAsync();
    }

    private static bool PrepareCompression(HttpContext context)
    {
        context.Response.Headers.Vary = "Accept-Encoding";
        if (!ContentCoding.AcceptsGzip(context.Request))
            return false;
        context.Response.Headers.ContentEncoding = "gzip";
        return true;
    }

    private static bool IsPretty(IQueryCollection query) => (string?)query["prettyPrint"] is { Length: > 0 } value && value != "false";

    private static void WriteTail(Utf8JsonWriter json, int total, IReadOnlyList<ApiError> errors)
    {
        json.WriteNumber("total", total);
        json.WriteNumber("limit", 0);
        json.WriteNumber("offset", 0);
        if (errors.Count == 0)
            json.WriteNull("errors");
        else
            WriteErrors(json, errors);
        json.WriteEndObject();
    }

    private static void WriteErrors(Utf8JsonWriter json, IReadOnlyList<ApiError> errors)
    {
        json.WriteStartArray("errors");
        foreach (var error in errors)
        {
            json.WriteStartObject();
            json.WriteNumber("code", error.Code);
            json.WriteString("msg", error.Message);
            if (error.TraceId is { } traceId)
                json.WriteString("traceID", Traces.JaegerTraceWriter.Format(traceId));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
