using Pipeline.Shared.Model;

namespace Pipeline.Query.Traces;

/// <summary>Names and values under which Jaeger shows a span's facts as tags.</summary>
internal static class JaegerTag
{
    public const string Kind = "span.kind";
    public const string StatusCode = "otel.status_code";
    public const string StatusDescription = "otel.status_description";
    public const string Error = "error";
    public const string ScopeName = "otel.scope.name";
    public const string ScopeVersion = "otel.scope.version";
    public const string TraceState = "w3c.tracestate";
    public const string Event = "event";

    /// <summary>The kind's name; null for none.</summary>
    public static string? NameOf(SpanKind kind) => kind switch
    {
        SpanKind.Internal => "internal",
        SpanKind.Server => "server",
        SpanKind.Client => "client",
        SpanKind.Producer => "producer",
        SpanKind.Consumer => "consumer",
        _ => null,
    };

    /// <summary>Reads a kind's name.</summary>
    public static bool TryParseKind(string name, out SpanKind kind)
    {
        foreach (var each in Enum.GetValues<SpanKind>())
            if (NameOf(each) == name)
            {
                kind = each;
                return true;
            }

        kind = default;
        return false;
    }
}
