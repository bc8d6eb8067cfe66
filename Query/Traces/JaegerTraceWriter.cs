using System.Globalization;
using System.Text.Json;
using Pipeline.Query.Search;
using Pipeline.Query.Serve;
using Pipeline.Shared.Model;

namespace Pipeline.Query.Traces;

/// <summary>Writes traces in the JSON that Jaeger's UI reads (jaeger, internal/uimodel). Times and durations are in microseconds.</summary>
internal static class JaegerTraceWriter
{
    /// <summary>A trace id as Jaeger prints it: 16 hex digits where the upper half is zero, else 32.</summary>
    public static string Format(TraceId id) => id.High == 0 ? id.Low.ToString("x16", CultureInfo.InvariantCulture) : id.ToString();

    /// <summary>Writes a trace, sending what is ready as it goes. With the decision it has one member more than Jaeger's, <c>decision</c>: why it was kept.</summary>
    public static async Task WriteAsync(JsonAnswer answer, ShownTrace trace, bool withDecision, CancellationToken cancellation)
    {
        var (json, processes, traceId) = (answer.Json, new ProcessTable(), Format(trace.Stored.TraceId));
        json.WriteStartObject();
        json.WriteString("traceID", traceId);
        json.WriteStartArray("spans");
        foreach (var shown in trace.Spans)
        {
            WriteSpan(json, shown, traceId, processes.IdOf(shown.Span.Resource));
            await answer.FlushSomeAsync(cancellation);
        }

        json.WriteEndArray();
        WriteProcesses(json, processes);
        json.WriteNull("warnings");
        if (withDecision)
            WriteDecision(json, trace);
        json.WriteEndObject();
    }

    private static void WriteDecision(Utf8JsonWriter json, ShownTrace trace)
    {
        json.WriteStartObject("decision");
        SummaryWriter.WriteDecision(json, trace.Stored.Rule, trace.Stored.Reason, trace.Stored.Probability);
        json.WriteEndObject();
    }

    private static void WriteSpan(Utf8JsonWriter json, ShownSpan shown, string traceId, string processId)
    {
        var span = shown.Span;
        json.WriteStartObject();
        json.WriteString("traceID", traceId);
        json.WriteString("spanID", span.SpanId.ToString());
        if (span.Flags != 0)
            json.WriteNumber("flags", span.Flags);
        json.WriteString("operationName", span.Name);
        WriteReferences(json, span, traceId);
        json.WriteNumber("startTime", span.StartTimeUnixNano / 1000);
        json.WriteNumber("duration", span.DurationNano / 1000);
        WriteTags(json, span);
        WriteLogs(json, span);
        json.WriteString("processID", processId);
        WriteWarnings(json, shown.Warnings);
        json.WriteEndObject();
    }

    private static void WriteReferences(Utf8JsonWriter json, Span span, string traceId)
    {
        json.WriteStartArray("references");
        if (!span.ParentSpanId.IsEmpty)
            WriteReference(json, SpanLinkType.ChildOf, traceId, span.ParentSpanId);
        foreach (var link in span.Links)
            WriteReference(json, link.Type, Format(link.TraceId), link.SpanId);
        json.WriteEndArray();
    }

    private static void WriteReference(Utf8JsonWriter json, SpanLinkType type, string traceId, SpanId spanId)
    {
        json.WriteStartObject();
        json.WriteString("refType", type == SpanLinkType.ChildOf ? "CHILD_OF" : "FOLLOWS_FROM");
        json.WriteString("traceID", traceId);
        json.WriteString("spanID", spanId.ToString());
        json.WriteEndObject();
    }

    private static void WriteTags(Utf8JsonWriter json, Span span)
    {
        json.WriteStartArray("tags");
        WriteIfSet(json, JaegerTag.ScopeName, span.Scope.Name);
        WriteIfSet(json, JaegerTag.ScopeVersion, span.Scope.Version);
        foreach (var (key, value) in span.Attributes)
            JaegerTagWriter.Write(json, key, value);
        WriteIfSet(json, JaegerTag.Kind, JaegerTag.NameOf(span.Kind));
        WriteStatus(json, span);
        WriteIfSet(json, JaegerTag.TraceState, span.TraceState);
        json.WriteEndArray();
    }

    private static void WriteStatus(Utf8JsonWriter json, Span span)
    {
        if (span.Status.Code == SpanStatusCode.Ok)
            JaegerTagWriter.Write(json, JaegerTag.StatusCode, "OK");
        if (span.Status.Code == SpanStatusCode.Error)
        {
            JaegerTagWriter.Write(json, JaegerTag.StatusCode, "ERROR");
            // A span that says of itself that it failed would else say it twice.
            if (span.Attributes[JaegerTag.Error] != AttributeValue.From(true))
                JaegerTagWriter.Write(json, JaegerTag.Error, AttributeValue.From(true));
        }

        WriteIfSet(json, JaegerTag.StatusDescription, span.Status.Message);
    }

    private static void WriteLogs(Utf8JsonWriter json, Span span)
    {
        json.WriteStartArray("logs");
        foreach (var item in span.Events)
        {
            json.WriteStartObject();
            json.WriteNumber("timestamp", item.TimeUnixNano / 1000);
            json.WriteStartArray("fields");
            if (item.Attributes[JaegerTag.Event] is null)
                WriteIfSet(json, JaegerTag.Event, item.Name);
            foreach (var (key, value) in item.Attributes)
                JaegerTagWriter.Write(json, key, value);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteWarnings(Utf8JsonWriter json, IReadOnlyList<string> warnings)
    {
        if (warnings.Count == 0)
        {
            json.WriteNull("warnings");
            return;
        }

        json.WriteStartArray("warnings");
        foreach (var warning in warnings)
            json.WriteStringValue(warning);
        json.WriteEndArray();
    }

    private static void WriteProcesses(Utf8JsonWriter json, ProcessTable processes)
    {
        json.WriteStartObject("processes");
        for (var i = 0; i < processes.Processes.Count; i++)
        {
            json.WriteStartObject(ProcessTable.IdAt(i));
            json.WriteString("serviceName", processes.Processes[i].ServiceName);
            json.WriteStartArray("tags");
            foreach (var (key, value) in processes.Processes[i].Attributes)
                if (key != "service.name")
                    JaegerTagWriter.Write(json, key, value);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteIfSet(Utf8JsonWriter json, string key, string? value)
    {
        if (value is { Length: > 0 })
            JaegerTagWriter.Write(json, key, value);
    }
}
