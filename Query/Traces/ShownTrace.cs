using Pipeline.Shared.Storage;

namespace Pipeline.Query.Traces;

/// <summary>A trace on its way to the reader.</summary>
internal sealed class ShownTrace(Trace stored)
{
    /// <summary>The trace as it is stored.</summary>
    public Trace Stored { get; } = stored;

    /// <summary>Its spans; adjustments change them.</summary>
    public List<ShownSpan> Spans { get; } = [.. stored.Spans.Select(s => new ShownSpan(s))];
}
