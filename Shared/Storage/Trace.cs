using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage;

/// <summary>All stored spans of one trace, ordered by start time and then span id.</summary>
/// <param name="TraceId">The trace's id.</param>
/// <param name="Spans">Its spans; never empty.</param>
public sealed record Trace(TraceId TraceId, IReadOnlyList<Span> Spans)
{
    /// <summary>The tail rule that kept the trace; empty when unknown or not stored.</summary>
    public string Rule { get; init; } = "";

    /// <summary>What made the aggregator decide when it did; empty when unknown or not stored.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The final probability with which a trace like this one is kept, in (0, 1]; null when unknown or not stored.</summary>
    public double? Probability { get; init; }
}
