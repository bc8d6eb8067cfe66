using System.Text.Json;
using Pipeline.Query.Traces;
using Pipeline.Shared.Storage;

namespace Pipeline.Query.Search;

/// <summary>Writes a trace in one line; times in microseconds since the Unix epoch, as everywhere in Jaeger's API.</summary>
internal static class SummaryWriter
{
    public static void Write(Utf8JsonWriter json, TraceSummary summary)
    {
        json.WriteStartObject();
        json.WriteString("traceID", JaegerTraceWriter.Format(summary.TraceId));
        json.WriteString("rootService", summary.RootService);
        json.WriteString("rootOperation", summary.RootOperation);
        json.WriteNumber("startTime", summary.StartTimeUnixNano / 1000);
        json.WriteNumber("duration", (summary.EndTimeUnixNano - Math.Min(summary.StartTimeUnixNano, summary.EndTimeUnixNano)) / 1000);
        json.WriteNumber("spanCount", summary.SpanCount);
        json.WriteNumber("errorCount", summary.ErrorCount);
        WriteServices(json, summary);
        WriteDecision(json, summary.Rule, summary.Reason, summary.Probability);
        json.WriteEndObject();
    }

    /// <summary>Why a trace was kept: the members <c>rule</c>, <c>reason</c>, <c>probability</c>; what is unknown is null.</summary>
    public static void WriteDecision(Utf8JsonWriter json, string rule, string reason, double? probability)
    {
        json.WriteString("rule", rule.Length > 0 ? rule : null);
        json.WriteString("reason", reason.Length > 0 ? reason : null);
        if (probability is { } known)
            json.WriteNumber("probability", known);
        else
            json.WriteNull("probability");
    }

    private static void WriteServices(Utf8JsonWriter json, TraceSummary summary)
    {
        json.WriteStartArray("services");
        foreach (var (name, count) in summary.Services)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteNumber("spanCount", count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
