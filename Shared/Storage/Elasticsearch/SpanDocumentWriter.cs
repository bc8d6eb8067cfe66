using System.Text.Json;
using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>
/// Renders spans in Jaeger's schema. What Jaeger does not know is in fields that it ignores: <c>resource</c> and <c>scope</c> (ids of definitions), <c>ns</c> (what
/// microseconds leave over: start, duration, events), <c>threshold</c>, <c>avro</c> (see <see cref="Fidelity"/>), and <c>unlisted</c> (hashes of pairs that no field finds).
/// </summary>
internal sealed class SpanDocumentWriter(TagKeys keys)
{
    private readonly List<KeyValuePair<string, AttributeValue>> _tags = [];
    private readonly HashSet<ulong> _unlisted = [];
    private readonly SortedDictionary<string, List<AttributeValue>> _events = new(StringComparer.Ordinal);

    public void Write(Utf8JsonWriter json, in SpanDocument document)
    {
        var span = document.Span;
        _tags.Clear();
        _unlisted.Clear();
        json.WriteStartObject();
        WriteHead(json, span);
        WriteReferences(json, span);
        WriteFields(json, document);
        WriteTags(json);
        WriteLogs(json, span.Events);
        WriteEvents(json, document);
        json.WritePropertyName("process"u8);
        json.WriteRawValue(document.Resource.Process, skipInputValidation: true);
        WriteOwn(json, document);
        json.WriteEndObject();
    }

    private void WriteHead(Utf8JsonWriter json, Span span)
    {
        json.WriteString("traceID"u8, span.TraceId.ToString());
        json.WriteString("spanID"u8, span.SpanId.ToString());
        if (!span.ParentSpanId.IsEmpty)
            json.WriteString("parentSpanID"u8, span.ParentSpanId.ToString());
        json.WriteString("operationName"u8, span.Name);
        if (span.Flags != 0)
            json.WriteNumber("flags"u8, span.Flags);
        json.WriteNumber("startTime"u8, span.StartTimeUnixNano / 1000);
        json.WriteNumber("startTimeMillis"u8, span.StartTimeUnixNano / 1_000_000);
        json.WriteNumber("duration"u8, span.DurationNano / 1000);
        UnlistLong(TagQuery.OperationKey, span.Name);
        UnlistLong(TagQuery.ServiceKey, span.Resource.ServiceName);
    }

    private static void WriteReferences(Utf8JsonWriter json, Span span)
    {
        if (span.ParentSpanId.IsEmpty && span.Links.Count == 0)
            return;
        json.WriteStartArray("references"u8);
        if (!span.ParentSpanId.IsEmpty)
            WriteReference(json, "CHILD_OF", span.TraceId, span.ParentSpanId);
        foreach (var link in span.Links)
            WriteReference(json, link.Type == SpanLinkType.ChildOf ? "CHILD_OF" : "FOLLOWS_FROM", link.TraceId, link.SpanId);
        json.WriteEndArray();
    }

    private static void WriteReference(Utf8JsonWriter json, string type, TraceId traceId, SpanId spanId)
    {
        json.WriteStartObject();
        json.WriteString("refType"u8, type);
        json.WriteString("traceID"u8, traceId.ToString());
        json.WriteString("spanID"u8, spanId.ToString());
        json.WriteEndObject();
    }

    private void WriteFields(Utf8JsonWriter json, in SpanDocument document)
    {
        json.WriteStartObject("tag"u8);
        foreach (var (key, value) in SpanFacts.Of(document.Span))
            WriteField(json, document, key, value);
        foreach (var (key, value) in document.Span.Attributes)
        {
            // The span's own word on these comes first; an attribute of the same name is in the exact copy.
            if (Fidelity.IsFact(key))
                Unlist(key, value);
            else
                WriteField(json, document, key, value);
        }

        json.WriteEndObject();
    }

    private void WriteField(Utf8JsonWriter json, in SpanDocument document, string key, AttributeValue value)
    {
        if (!IsField(document, key, value))
        {
            _tags.Add(new(key, value));
            Unlist(key, value);
            return;
        }

        json.WritePropertyName(TagNames.ToField(key));
        AttributeJson.Write(json, value);
        if (!IsSearchable(value))
            Unlist(key, value);
    }

    private bool IsField(in SpanDocument document, string key, AttributeValue value) =>
        !document.IsPlain && value.Kind != AttributeValueKind.Bytes && TagNames.CanBeField(key) && keys.TryUse(document.Index, TagNames.ToField(key));

    // What a term query for the value's text finds in a keyword field.
    private static bool IsSearchable(AttributeValue value) => value.Kind switch
    {
        AttributeValueKind.String => value.AsString.Length <= TagNames.MaxSearchableLength,
        AttributeValueKind.Array or AttributeValueKind.Map or AttributeValueKind.Bytes => false,
        _ => true,
    };

    private void WriteTags(Utf8JsonWriter json)
    {
        if (_tags.Count == 0)
            return;
        json.WriteStartArray("tags"u8);
        foreach (var (key, value) in _tags)
            AttributeJson.WriteTyped(json, key, value);
        json.WriteEndArray();
    }

    private static void WriteLogs(Utf8JsonWriter json, IReadOnlyList<SpanEvent> events)
    {
        if (events.Count == 0)
            return;
        json.WriteStartArray("logs"u8);
        foreach (var item in events)
        {
            json.WriteStartObject();
            json.WriteNumber("timestamp"u8, item.TimeUnixNano / 1000);
            json.WriteStartArray("fields"u8);
            if (item.Name.Length > 0)
                AttributeJson.WriteTyped(json, SpanTags.Event, AttributeValue.From(item.Name));
            foreach (var (key, value) in item.Attributes)
                AttributeJson.WriteTyped(json, key, value);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // Copied into the tag fields by the index, so that a search finds them without a nested document each.
    private void WriteEvents(Utf8JsonWriter json, in SpanDocument document)
    {
        if (document.Span.Events.Count == 0)
            return;
        CollectEvents(document);
        if (_events.Count == 0)
            return;
        json.WriteStartObject("event"u8);
        foreach (var (field, values) in _events)
        {
            json.WriteStartArray(field);
            foreach (var value in values)
                AttributeJson.Write(json, value);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private void CollectEvents(in SpanDocument document)
    {
        _events.Clear();
        foreach (var item in document.Span.Events)
        {
            CollectEvent(document, SpanTags.Event, AttributeValue.From(item.Name));
            foreach (var (key, value) in item.Attributes)
                CollectEvent(document, key, value);
        }
    }

    private void CollectEvent(in SpanDocument document, string key, AttributeValue value)
    {
        if (!IsSearchable(value) || !IsField(document, key, value))
        {
            Unlist(key, value);
            return;
        }

        var field = TagNames.ToField(key);
        if (!_events.TryGetValue(field, out var values))
            _events[field] = values = [];
        if (!values.Contains(value))
            values.Add(value);
    }

    private void WriteOwn(Utf8JsonWriter json, in SpanDocument document)
    {
        json.WriteString("resource"u8, document.Resource.Id);
        if (document.ScopeId is { } scope)
            json.WriteString("scope"u8, scope);
        if (document.Span.SamplingThreshold is { } threshold)
            json.WriteNumber("threshold"u8, threshold);
        WriteNanoseconds(json, document.Span);
        if (Fidelity.IsLossy(document.Span))
            json.WriteBase64String("avro"u8, document.Encoded.Span);
        WriteUnlisted(json);
    }

    private static void WriteNanoseconds(Utf8JsonWriter json, Span span)
    {
        var any = span.StartTimeUnixNano % 1000 | span.DurationNano % 1000;
        foreach (var item in span.Events)
            any |= item.TimeUnixNano % 1000;
        if (any == 0)
            return;
        json.WriteStartArray("ns"u8);
        json.WriteNumberValue(span.StartTimeUnixNano % 1000);
        json.WriteNumberValue(span.DurationNano % 1000);
        foreach (var item in span.Events)
            json.WriteNumberValue(item.TimeUnixNano % 1000);
        json.WriteEndArray();
    }

    private void WriteUnlisted(Utf8JsonWriter json)
    {
        if (_unlisted.Count == 0)
            return;
        json.WriteStartArray("unlisted"u8);
        foreach (var hash in _unlisted)
            json.WriteStringValue(TagToken.Of(hash));
        json.WriteEndArray();
    }

    private void Unlist(string key, AttributeValue value) => _unlisted.Add(ContentHash.OfPair(key, value.ToString()));

    private void UnlistLong(string key, string value)
    {
        if (value.Length > TagNames.MaxSearchableLength)
            _unlisted.Add(ContentHash.OfPair(key, value));
    }
}
