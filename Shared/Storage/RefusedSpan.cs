using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage;

/// <summary>A span that a store will never take.</summary>
/// <param name="TraceIndex">Its trace's place in the batch.</param>
/// <param name="Span">The span.</param>
/// <param name="Reason">The store's own words.</param>
public sealed record RefusedSpan(int TraceIndex, Span Span, string Reason);
