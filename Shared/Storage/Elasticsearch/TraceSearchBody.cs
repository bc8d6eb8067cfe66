using System.Text.Json;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>The search for candidates: the traces of matching spans, those with the latest such span first.</summary>
internal static class TraceSearchBody
{
    /// <summary>Writes the body's members. <paramref name="resources"/> has the resources that carry each tag; a tag that too many carry is not in it and is not asked for.</summary>
    public static void Write(Utf8JsonWriter json, TraceQuery query, IReadOnlyDictionary<string, IReadOnlyCollection<string>> resources, int size)
    {
        json.WriteNumber("size"u8, 0);
        json.WriteStartObject("query"u8);
        json.WriteStartObject("bool"u8);
        json.WriteStartArray("filter"u8);
        WriteFilters(json, query, resources);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        WriteAggregation(json, size);
    }

    private static void WriteFilters(Utf8JsonWriter json, TraceQuery query, IReadOnlyDictionary<string, IReadOnlyCollection<string>> resources)
    {
        WriteRange(json, "startTime", UnixTime.ToUnixNano(query.StartMin) / 1000, UnixTime.ToUnixNano(query.StartMax) / 1000);
        if (query.Service is { } service)
            TagQuery.WriteName(json, "process.serviceName", TagQuery.ServiceKey, service);
        if (query.Operation is { } operation)
            TagQuery.WriteName(json, "operationName", TagQuery.OperationKey, operation);
        if (query.DurationMin is not null || query.DurationMax is not null)
            WriteRange(json, "duration", query.DurationMin is { } min ? UnixTime.ToNano(min) / 1000 : null, query.DurationMax is { } max ? UnixTime.ToNano(max) / 1000 : null);
        foreach (var (key, value) in query.Tags)
        {
            if (IsAbsence(key, value))
                TagQuery.WriteNoError(json);
            else if (resources.TryGetValue(key, out var carriers))
                TagQuery.WriteTag(json, key, value, carriers);
        }
    }

    /// <summary>True for the tag that asks for the absence of an error.</summary>
    public static bool IsAbsence(string key, string value) => key == SpanTags.Error && value == "false";

    private static void WriteRange(Utf8JsonWriter json, string field, long? min, long? max)
    {
        json.WriteStartObject();
        json.WriteStartObject("range"u8);
        json.WriteStartObject(field);
        if (min is { } from)
            json.WriteNumber("gte"u8, from);
        if (max is { } to)
            json.WriteNumber("lte"u8, to);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteAggregation(Utf8JsonWriter json, int size)
    {
        json.WriteStartObject("aggs"u8);
        json.WriteStartObject("traces"u8);
        json.WriteStartObject("terms"u8);
        json.WriteString("field"u8, "traceID"u8);
        json.WriteNumber("size"u8, size);
        json.WriteStartObject("order"u8);
        json.WriteString("start"u8, "desc"u8);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("aggs"u8);
        json.WriteStartObject("start"u8);
        json.WriteStartObject("max"u8);
        json.WriteString("field"u8, "startTime"u8);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
