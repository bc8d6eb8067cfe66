using Pipeline.Shared.Model;

namespace Pipeline.Query.Traces;

/// <summary>Spans that came twice with the same content.</summary>
internal static class DuplicateSpans
{
    /// <summary>Keeps the first of each.</summary>
    public static void Drop(ShownTrace trace)
    {
        var seen = new HashSet<Span>(trace.Spans.Count);
        trace.Spans.RemoveAll(s => !seen.Add(s.Span));
    }
}
