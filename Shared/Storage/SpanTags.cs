using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage;

/// <summary>
/// What a span can be found by: keys and their values as text. These are its attributes, those of its resource and of its events, and the facts that Jaeger
/// shows as tags: kind, status, scope, the names of events.
/// </summary>
internal static class SpanTags
{
    public const string Error = "error";
    public const string Kind = "span.kind";
    public const string StatusCode = "otel.status_code";
    public const string StatusDescription = "otel.status_description";
    public const string ScopeName = "otel.scope.name";
    public const string ScopeVersion = "otel.scope.version";
    public const string Event = "event";

    /// <summary>Calls back for every pair of the span but those of its resource; a pair may come more than once.</summary>
    public static void Visit(Span span, Action<string, string> visit)
    {
        Visit(span.Attributes, visit);
        foreach (var item in span.Events)
        {
            visit(Event, item.Name);
            Visit(item.Attributes, visit);
        }

        VisitFacts(span, visit);
    }

    /// <summary>Calls back for every attribute.</summary>
    public static void Visit(AttributeList attributes, Action<string, string> visit)
    {
        for (var i = 0; i < attributes.Count; i++)
            visit(attributes[i].Key, attributes[i].Value.ToString());
    }

    /// <summary>True when the span carries the pair, its resource included.</summary>
    public static bool Has(Span span, string key, string value)
    {
        if (Has(span.Attributes, key, value) || Has(span.Resource.Attributes, key, value) || FactIs(span, key, value))
            return true;
        foreach (var item in span.Events)
            if ((key == Event && item.Name == value) || Has(item.Attributes, key, value))
                return true;
        return false;
    }

    /// <summary>The kind as Jaeger writes it; null for none.</summary>
    public static string? NameOf(SpanKind kind) => kind switch
    {
        SpanKind.Internal => "internal",
        SpanKind.Server => "server",
        SpanKind.Client => "client",
        SpanKind.Producer => "producer",
        SpanKind.Consumer => "consumer",
        _ => null,
    };

    /// <summary>The status as Jaeger writes it; null for none.</summary>
    public static string? NameOf(SpanStatusCode code) => code switch
    {
        SpanStatusCode.Ok => "OK",
        SpanStatusCode.Error => "ERROR",
        _ => null,
    };

    private static bool Has(AttributeList attributes, string key, string value) => attributes[key] is { } found && found.ToString() == value;

    private static void VisitFacts(Span span, Action<string, string> visit)
    {
        if (NameOf(span.Kind) is { } kind)
            visit(Kind, kind);
        if (NameOf(span.Status.Code) is { } status)
            visit(StatusCode, status);
        if (span.Status.Code == SpanStatusCode.Error)
            visit(Error, "true");
        if (span.Status.Message.Length > 0)
            visit(StatusDescription, span.Status.Message);
        if (span.Scope.Name.Length > 0)
            visit(ScopeName, span.Scope.Name);
        if (span.Scope.Version.Length > 0)
            visit(ScopeVersion, span.Scope.Version);
    }

    private static bool FactIs(Span span, string key, string value) => key switch
    {
        Kind => NameOf(span.Kind) == value,
        StatusCode => NameOf(span.Status.Code) == value,
        Error => value == "true" && span.Status.Code == SpanStatusCode.Error,
        StatusDescription => value.Length > 0 && span.Status.Message == value,
        ScopeName => value.Length > 0 && span.Scope.Name == value,
        ScopeVersion => value.Length > 0 && span.Scope.Version == value,
        _ => false,
    };
}
