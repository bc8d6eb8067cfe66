namespace Pipeline.Shared.Model;

/// <summary>
/// One operation of one service within a trace: everything that OTLP can say about it (opentelemetry-proto, trace.proto).
/// Built where convenience matters more than speed (JSON, queries, tests); the hot path works on encoded spans.
/// </summary>
public sealed record Span
{
    /// <summary>The trace that the span belongs to; never empty.</summary>
    public required TraceId TraceId { get; init; }

    /// <summary>The span's own id; never empty.</summary>
    public required SpanId SpanId { get; init; }

    /// <summary>The parent's id; empty for a root.</summary>
    public SpanId ParentSpanId { get; init; }

    /// <summary>W3C trace state as text; may be empty.</summary>
    public string TraceState { get; init; } = "";

    /// <summary>W3C trace flags and OTLP's "is remote" bits (trace.proto, SpanFlags).</summary>
    public uint Flags { get; init; }

    /// <summary>The operation's name.</summary>
    public string Name { get; init; } = "";

    /// <summary>What the operation is to its neighbours.</summary>
    public SpanKind Kind { get; init; }

    /// <summary>Start, in nanoseconds since the Unix epoch.</summary>
    public ulong StartTimeUnixNano { get; init; }

    /// <summary>End, in nanoseconds since the Unix epoch.</summary>
    public ulong EndTimeUnixNano { get; init; }

    /// <summary>Further facts.</summary>
    public AttributeList Attributes { get; init; } = AttributeList.Empty;

    /// <summary>How many attributes the sender left out.</summary>
    public uint DroppedAttributesCount { get; init; }

    /// <summary>What happened meanwhile.</summary>
    public IReadOnlyList<SpanEvent> Events { get; init; } = [];

    /// <summary>How many events the sender left out.</summary>
    public uint DroppedEventsCount { get; init; }

    /// <summary>References to other spans.</summary>
    public IReadOnlyList<SpanLink> Links { get; init; } = [];

    /// <summary>How many links the sender left out.</summary>
    public uint DroppedLinksCount { get; init; }

    /// <summary>How the operation ended.</summary>
    public SpanStatus Status { get; init; } = SpanStatus.Unset;

    /// <summary>
    /// The head-sampling rejection threshold under which the span was kept: 0 to 2^56 − 1, adjusted count 2^56 / (2^56 − threshold);
    /// null when the probability is unknown.
    /// </summary>
    public ulong? SamplingThreshold { get; init; }

    /// <summary>What produced the span.</summary>
    public Resource Resource { get; init; } = Resource.Empty;

    /// <summary>The library that recorded it.</summary>
    public InstrumentationScope Scope { get; init; } = InstrumentationScope.Empty;

    /// <summary>End minus start in nanoseconds; 0 when the clock went backwards.</summary>
    public ulong DurationNano => EndTimeUnixNano > StartTimeUnixNano ? EndTimeUnixNano - StartTimeUnixNano : 0;

    /// <inheritdoc/>
    public bool Equals(Span? other) => other is not null
        && TraceId == other.TraceId && SpanId == other.SpanId && ParentSpanId == other.ParentSpanId
        && TraceState == other.TraceState && Flags == other.Flags && Name == other.Name && Kind == other.Kind
        && StartTimeUnixNano == other.StartTimeUnixNano && EndTimeUnixNano == other.EndTimeUnixNano
        && Attributes.Equals(other.Attributes) && DroppedAttributesCount == other.DroppedAttributesCount
        && Events.SequenceEqual(other.Events) && DroppedEventsCount == other.DroppedEventsCount
        && Links.SequenceEqual(other.Links) && DroppedLinksCount == other.DroppedLinksCount
        && Status == other.Status && SamplingThreshold == other.SamplingThreshold
        && Resource.Equals(other.Resource) && Scope.Equals(other.Scope);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(TraceId, SpanId, Kind);
}
