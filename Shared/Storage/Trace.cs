using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage;

/// <summary>All stored spans of one trace, ordered by start time and then span id.</summary>
/// <param name="TraceId">The trace's id.</param>
/// <param name="Spans">Its spans; never empty.</param>
public sealed record Trace(TraceId TraceId, IReadOnlyList<Span> Spans);
