using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>What Jaeger keeps of an OTLP span as tags: kind, status, scope, trace state.</summary>
internal static class SpanFacts
{
    /// <summary>The facts of a span, each once.</summary>
    public static IEnumerable<KeyValuePair<string, AttributeValue>> Of(Span span)
    {
        if (SpanTags.NameOf(span.Kind) is { } kind)
            yield return new(SpanTags.Kind, AttributeValue.From(kind));
        if (span.Status.Code == SpanStatusCode.Error)
            yield return new(SpanTags.Error, AttributeValue.From(true));
        if (SpanTags.NameOf(span.Status.Code) is { } status)
            yield return new(SpanTags.StatusCode, AttributeValue.From(status));
        if (span.Status.Message.Length > 0)
            yield return new(SpanTags.StatusDescription, AttributeValue.From(span.Status.Message));
        if (span.Scope.Name.Length > 0)
            yield return new(SpanTags.ScopeName, AttributeValue.From(span.Scope.Name));
        if (span.Scope.Version.Length > 0)
            yield return new(SpanTags.ScopeVersion, AttributeValue.From(span.Scope.Version));
        if (span.TraceState.Length > 0)
            yield return new(Fidelity.TraceState, AttributeValue.From(span.TraceState));
    }

    /// <summary>The kind of this name; unspecified for any other.</summary>
    public static SpanKind KindOf(string? name) => name switch
    {
        "internal" => SpanKind.Internal,
        "server" => SpanKind.Server,
        "client" => SpanKind.Client,
        "producer" => SpanKind.Producer,
        "consumer" => SpanKind.Consumer,
        _ => SpanKind.Unspecified,
    };
}
