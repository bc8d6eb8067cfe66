using Pipeline.Shared.Model;

namespace Pipeline.Query.Traces;

/// <summary>
/// Zipkin lets the client's and the server's span of one call share an id. Shown as a tree they must be two: the server's span becomes a child of the client's under
/// an id of its own, and what was below the shared id goes below the server's.
/// </summary>
internal static class SharedSpanIds
{
    public static void Split(ShownTrace trace)
    {
        var clients = trace.Spans.Where(s => s.Span.Kind == SpanKind.Client).Select(s => s.Span.SpanId).ToHashSet();
        if (!trace.Spans.Exists(s => IsShared(s.Span, clients)))
            return;
        var taken = trace.Spans.Select(s => s.Span.SpanId).ToHashSet();
        var renamed = new Dictionary<SpanId, SpanId>();
        foreach (var shown in trace.Spans)
            if (IsShared(shown.Span, clients) && !renamed.ContainsKey(shown.Span.SpanId))
                Rename(shown, Free(shown.Span.SpanId, taken), renamed);
        foreach (var shown in trace.Spans)
            if (renamed.TryGetValue(shown.Span.ParentSpanId, out var server) && shown.Span.SpanId != server)
                shown.Span = shown.Span with { ParentSpanId = server };
    }

    private static bool IsShared(Span span, HashSet<SpanId> clients) => span.Kind == SpanKind.Server && clients.Contains(span.SpanId);

    private static void Rename(ShownSpan shown, SpanId id, Dictionary<SpanId, SpanId> renamed)
    {
        var shared = shown.Span.SpanId;
        renamed.Add(shared, id);
        shown.Span = shown.Span with { SpanId = id, ParentSpanId = shared };
    }

    // The same at every call, so that a link to the span goes on working.
    private static SpanId Free(SpanId shared, HashSet<SpanId> taken)
    {
        var id = shared;
        do
            id = new SpanId(id.Value + 1);
        while (id.IsEmpty || !taken.Add(id));
        return id;
    }
}
