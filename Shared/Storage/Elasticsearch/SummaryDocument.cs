using System.Text.Json;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>One piece of a trace in one line: pieces add up at query time.</summary>
internal static class SummaryDocument
{
    public static void Write(Utf8JsonWriter json, KeptTrace trace)
    {
        var summary = TraceSummaryBuilder.Build(trace.TraceId, trace.Spans, trace.Rule, trace.Reason, trace.Threshold);
        json.WriteStartObject();
        json.WriteString("traceID"u8, trace.TraceId.ToString());
        json.WriteNumber("startTimeMillis"u8, summary.StartTimeUnixNano / 1_000_000);
        json.WriteNumber("startTimeNano"u8, summary.StartTimeUnixNano);
        json.WriteNumber("endTimeNano"u8, summary.EndTimeUnixNano);
        json.WriteNumber("duration"u8, (summary.EndTimeUnixNano - summary.StartTimeUnixNano) / 1000);
        WriteRoot(json, trace.Spans, summary);
        json.WriteNumber("spanCount"u8, summary.SpanCount);
        json.WriteNumber("errorCount"u8, summary.ErrorCount);
        WriteServices(json, summary);
        json.WriteString("rule"u8, trace.Rule);
        json.WriteString("reason"u8, trace.Reason);
        if (trace.Threshold is { } threshold)
            json.WriteNumber("threshold"u8, threshold);
        json.WriteBoolean("isLate"u8, trace.IsLate);
        json.WriteNumber("decidedAtMillis"u8, trace.DecidedAtMs);
        if (trace.Tenant.Length > 0)
            json.WriteString("tenant"u8, trace.Tenant);
        json.WriteEndObject();
    }

    private static void WriteRoot(Utf8JsonWriter json, IReadOnlyList<Span> spans, TraceSummary summary)
    {
        if (!spans.Any(s => s.ParentSpanId.IsEmpty))
            return;
        json.WriteString("rootService"u8, summary.RootService);
        json.WriteString("rootOperation"u8, summary.RootOperation);
    }

    private static void WriteServices(Utf8JsonWriter json, TraceSummary summary)
    {
        json.WriteStartArray("services"u8);
        foreach (var (service, count) in summary.Services)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, service);
            json.WriteNumber("spanCount"u8, count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
