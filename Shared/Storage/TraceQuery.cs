namespace Pipeline.Shared.Storage;

/// <summary>
/// Which traces to find: those with at least one span to which every condition below applies (the same span for all of them), as Jaeger's search means it.
/// </summary>
public sealed record TraceQuery
{
    /// <summary>The span's service; null for any.</summary>
    public string? Service { get; init; }

    /// <summary>The span's name; null for any.</summary>
    public string? Operation { get; init; }

    /// <summary>
    /// Keys and values that the span must carry: in its attributes, its resource's attributes, or the attributes of one of its events, compared as text.
    /// <c>error=true</c> also means status error, <c>error=false</c> its absence; <c>span.kind</c> is the kind in lower case, <c>otel.status_code</c>
    /// <c>OK</c> or <c>ERROR</c>, <c>otel.status_description</c> its message, <c>otel.scope.name</c> and <c>otel.scope.version</c> the scope, <c>event</c> the
    /// name of an event. <see cref="SpanMatch"/> is the rule in code.
    /// </summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>The span starts at or after this.</summary>
    public required DateTimeOffset StartMin { get; init; }

    /// <summary>The span starts at or before this.</summary>
    public required DateTimeOffset StartMax { get; init; }

    /// <summary>The span lasts at least this long; null for any.</summary>
    public TimeSpan? DurationMin { get; init; }

    /// <summary>The span lasts at most this long; null for any.</summary>
    public TimeSpan? DurationMax { get; init; }

    /// <summary>At most this many traces, the newest (by the latest start of a matching span) first. 1 to 1,500.</summary>
    public int Limit { get; init; } = 20;
}
