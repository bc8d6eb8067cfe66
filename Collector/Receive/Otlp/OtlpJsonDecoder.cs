using System.Text.Json;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;
using Pipeline.Shared.Sampling;

namespace Pipeline.Collector.Receive.Otlp;

/// <summary>
/// Decodes OTLP/JSON (opentelemetry-proto, docs/specification.md, "JSON Protobuf Encoding"): lower camel case keys, ids in hex, 64-bit numbers as text or number, unknown
/// keys ignored. The slow and obvious way: model, then Avro. Spans that are not valid are rejected one by one, a body that is not OTLP/JSON throws
/// <see cref="MalformedRequestException"/>. For one request at a time.
/// </summary>
internal sealed class OtlpJsonDecoder(CollectorOptions options)
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 512 };

    /// <summary>Decodes a whole body into a batch.</summary>
    public void Decode(ReadOnlyMemory<byte> body, IngestBatch batch)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            var request = new OtlpJsonElement(document.RootElement, "$");
            foreach (var resourceSpans in request.Items("resourceSpans"))
                DecodeResourceSpans(resourceSpans, batch);
        }
        catch (JsonException exception)
        {
            throw new MalformedRequestException($"The JSON body is malformed at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine}: {exception.Message}");
        }
        catch (InvalidOperationException exception)
        {
            // Text with lone surrogates cannot be decoded.
            throw new MalformedRequestException("The JSON body is malformed: " + exception.Message);
        }
    }

    private void DecodeResourceSpans(OtlpJsonElement resourceSpans, IngestBatch batch)
    {
        var values = new OtlpJsonValues(options);
        var start = batch.Writer.Length;
        var element = resourceSpans.Member("resource");
        ModelEncoder.WriteResource(batch.Writer, new Resource
        {
            Attributes = values.Attributes(element),
            DroppedAttributesCount = element.UInt32("droppedAttributesCount"),
            SchemaUrl = resourceSpans.Text("schemaUrl"),
            EntityReferences = [.. element.Items("entityRefs").Select(ReadEntity)],
        });
        var resource = batch.EndResource(start);
        foreach (var scopeSpans in resourceSpans.Items("scopeSpans"))
            DecodeScopeSpans(scopeSpans, resource, values.Problem, batch);
    }

    private void DecodeScopeSpans(OtlpJsonElement scopeSpans, int resource, RejectionReason problem, IngestBatch batch)
    {
        var values = new OtlpJsonValues(options) { Problem = problem };
        var start = batch.Writer.Length;
        var element = scopeSpans.Member("scope");
        ModelEncoder.WriteScope(batch.Writer, new InstrumentationScope
        {
            Name = element.Text("name"),
            Version = element.Text("version"),
            Attributes = values.Attributes(element),
            DroppedAttributesCount = element.UInt32("droppedAttributesCount"),
            SchemaUrl = scopeSpans.Text("schemaUrl"),
        });
        var scope = batch.EndScope(start);
        foreach (var span in scopeSpans.Items("spans"))
            DecodeSpan(span, resource, scope, values.Problem, batch);
    }

    private void DecodeSpan(OtlpJsonElement element, int resource, int scope, RejectionReason problem, IngestBatch batch)
    {
        batch.CheckSpanCount(options);
        var values = new OtlpJsonValues(options) { Problem = problem };
        var span = ReadSpan(element, values);
        var start = batch.Writer.Length;
        if (values.Problem == RejectionReason.None)
            ModelEncoder.WriteSpanBody(batch.Writer, span);
        batch.EndSpan(values.Problem, span.TraceId, resource, scope, start, options);
    }

    private static Span ReadSpan(OtlpJsonElement element, OtlpJsonValues values)
    {
        var traceState = element.Text("traceState");
        var status = element.Member("status");
        return new Span
        {
            TraceId = values.TraceId(element, "traceId", RejectionReason.InvalidTraceId),
            SpanId = values.SpanId(element, "spanId", RejectionReason.InvalidSpanId),
            ParentSpanId = values.ParentSpanId(element),
            TraceState = traceState,
            Flags = element.UInt32("flags"),
            Name = element.Text("name"),
            Kind = (SpanKind)element.Enum("kind", "SPAN_KIND_", OtlpJsonValues.Kinds),
            StartTimeUnixNano = element.UInt64("startTimeUnixNano"),
            EndTimeUnixNano = element.UInt64("endTimeUnixNano"),
            Attributes = values.Attributes(element),
            DroppedAttributesCount = element.UInt32("droppedAttributesCount"),
            Events = [.. element.Items("events").Select(e => ReadEvent(e, values))],
            DroppedEventsCount = element.UInt32("droppedEventsCount"),
            Links = [.. element.Items("links").Select(l => ReadLink(l, values))],
            DroppedLinksCount = element.UInt32("droppedLinksCount"),
            Status = new SpanStatus((SpanStatusCode)status.Enum("code", "STATUS_CODE_", OtlpJsonValues.StatusCodes), status.Text("message")),
            SamplingThreshold = OtelTraceState.TryReadThreshold(traceState, out var threshold) ? threshold : null,
        };
    }

    private static SpanEvent ReadEvent(OtlpJsonElement element, OtlpJsonValues values) => new()
    {
        TimeUnixNano = element.UInt64("timeUnixNano"),
        Name = element.Text("name"),
        Attributes = values.Attributes(element),
        DroppedAttributesCount = element.UInt32("droppedAttributesCount"),
    };

    private static SpanLink ReadLink(OtlpJsonElement element, OtlpJsonValues values) => new()
    {
        TraceId = values.TraceId(element, "traceId", RejectionReason.InvalidLink),
        SpanId = values.SpanId(element, "spanId", RejectionReason.InvalidLink),
        TraceState = element.Text("traceState"),
        Flags = element.UInt32("flags"),
        Attributes = values.Attributes(element),
        DroppedAttributesCount = element.UInt32("droppedAttributesCount"),
    };

    private static EntityReference ReadEntity(OtlpJsonElement element) => new()
    {
        SchemaUrl = element.Text("schemaUrl"),
        Type = element.Text("type"),
        IdKeys = [.. element.Items("idKeys").Select(k => k.AsText())],
        DescriptionKeys = [.. element.Items("descriptionKeys").Select(k => k.AsText())],
    };
}
