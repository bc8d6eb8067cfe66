using System.Text.Json;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>Reads span documents, ours and those that Jaeger wrote.</summary>
internal static class SpanDocumentReader
{
    /// <summary>The span. Throws <see cref="EncodingException"/>, <see cref="FormatException"/> and JSON's exceptions for what is no span.</summary>
    public static Span Read(JsonElement source, DefinitionSet definitions)
    {
        var resource = Text(source, "resource") is { } id && definitions.Resources.TryGetValue(id, out var known) ? known : ReadResource(source.GetProperty("process"));
        var scope = Text(source, "scope") is { } scopeId && definitions.Scopes.TryGetValue(scopeId, out var knownScope) ? knownScope : null;
        var tags = ReadTags(source);
        scope ??= ScopeOf(tags);
        if (source.TryGetProperty("avro", out var encoded))
        {
            var reader = new AvroReader(encoded.GetBytesFromBase64());
            return ModelDecoder.ReadSpanBody(ref reader, resource, scope);
        }

        return Build(source, tags, resource, scope);
    }

    private static Span Build(JsonElement source, AttributeList tags, Resource resource, InstrumentationScope scope)
    {
        var nanos = Array(source, "ns").Select(n => n.GetUInt64()).ToArray();
        var start = source.GetProperty("startTime").GetUInt64() * 1000 + nanos.ElementAtOrDefault(0);
        var traceId = ParseTraceId(source.GetProperty("traceID"));
        var references = Array(source, "references").Select(ReadReference).ToList();
        return new Span
        {
            TraceId = traceId,
            SpanId = ParseSpanId(source.GetProperty("spanID")),
            ParentSpanId = TakeParent(source, traceId, references),
            Name = Text(source, "operationName") ?? "",
            Flags = source.TryGetProperty("flags", out var flags) ? flags.GetUInt32() : 0,
            StartTimeUnixNano = start,
            EndTimeUnixNano = start + source.GetProperty("duration").GetUInt64() * 1000 + nanos.ElementAtOrDefault(1),
            SamplingThreshold = source.TryGetProperty("threshold", out var threshold) ? threshold.GetUInt64() : null,
            Kind = SpanFacts.KindOf(tags.Text(SpanTags.Kind)),
            Status = StatusOf(tags),
            TraceState = tags.Text(Fidelity.TraceState) ?? "",
            Attributes = Without(tags, Fidelity.IsFact),
            Events = [.. Array(source, "logs").Select((log, i) => ReadEvent(log, nanos.ElementAtOrDefault(i + 2)))],
            Links = references,
            Resource = resource,
            Scope = scope,
        };
    }

    private static SpanId TakeParent(JsonElement source, TraceId traceId, List<SpanLink> references)
    {
        var parent = source.TryGetProperty("parentSpanID", out var id) && id.GetString() is { Length: > 0 } ? ParseSpanId(id) : default;
        var place = references.FindIndex(r => r.Type == SpanLinkType.ChildOf && r.TraceId == traceId && (parent.IsEmpty || r.SpanId == parent));
        if (place < 0)
            return parent;
        parent = references[place].SpanId;
        references.RemoveAt(place);
        return parent;
    }

    private static SpanLink ReadReference(JsonElement reference) => new()
    {
        TraceId = ParseTraceId(reference.GetProperty("traceID")),
        SpanId = ParseSpanId(reference.GetProperty("spanID")),
        Attributes = Text(reference, "refType") == "CHILD_OF" ? new AttributeList { { SpanLink.ReferenceTypeAttribute, "child_of" } } : AttributeList.Empty,
    };

    private static SpanEvent ReadEvent(JsonElement log, ulong nanos)
    {
        var fields = new AttributeList();
        foreach (var field in Array(log, "fields"))
            fields.Add(Text(field, "key") ?? "", AttributeJson.Read(Text(field, "type"), field.GetProperty("value")));
        return new SpanEvent
        {
            TimeUnixNano = log.GetProperty("timestamp").GetUInt64() * 1000 + nanos,
            Name = fields.Text(SpanTags.Event) ?? "",
            Attributes = Without(fields, static key => key == SpanTags.Event),
        };
    }

    private static Resource ReadResource(JsonElement process)
    {
        var attributes = new AttributeList();
        if (Text(process, "serviceName") is { Length: > 0 } service and not Resource.NoServiceName)
            attributes.Add("service.name", service);
        foreach (var (key, value) in ReadTags(process))
            attributes.Add(key, value);
        return new Resource { Attributes = attributes };
    }

    private static AttributeList ReadTags(JsonElement holder)
    {
        var tags = new AttributeList();
        if (holder.TryGetProperty("tag", out var fields) && fields.ValueKind == JsonValueKind.Object)
            foreach (var field in fields.EnumerateObject())
                tags.Add(TagNames.ToKey(field.Name), AttributeJson.Read(field.Value));
        foreach (var tag in Array(holder, "tags"))
            tags.Add(Text(tag, "key") ?? "", AttributeJson.Read(Text(tag, "type"), tag.GetProperty("value")));
        return tags;
    }

    private static InstrumentationScope ScopeOf(AttributeList tags) =>
        (tags.Text(SpanTags.ScopeName) ?? "", tags.Text(SpanTags.ScopeVersion) ?? "") is var (name, version) && name.Length + version.Length > 0
            ? new InstrumentationScope { Name = name, Version = version }
            : InstrumentationScope.Empty;

    private static SpanStatus StatusOf(AttributeList tags)
    {
        var code = tags.Text(SpanTags.StatusCode) switch
        {
            "OK" => SpanStatusCode.Ok,
            "ERROR" => SpanStatusCode.Error,
            _ => tags[SpanTags.Error]?.ToString() == "true" ? SpanStatusCode.Error : SpanStatusCode.Unset,
        };
        return new SpanStatus(code, tags.Text(SpanTags.StatusDescription) ?? "");
    }

    private static AttributeList Without(AttributeList attributes, Func<string, bool> isLeftOut)
    {
        var rest = new AttributeList();
        foreach (var (key, value) in attributes)
            if (!isLeftOut(key))
                rest.Add(key, value);
        return rest;
    }

    private static IEnumerable<JsonElement> Array(JsonElement holder, string name) =>
        holder.TryGetProperty(name, out var array) && array.ValueKind == JsonValueKind.Array ? array.EnumerateArray() : [];

    private static string? Text(JsonElement holder, string name) =>
        holder.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static TraceId ParseTraceId(JsonElement text) =>
        TraceId.TryParse(text.GetString(), out var id) ? id : throw new FormatException($"'{text}' is not a trace id.");

    private static SpanId ParseSpanId(JsonElement text) =>
        SpanId.TryParse(text.GetString(), out var id) ? id : throw new FormatException($"'{text}' is not a span id.");
}
