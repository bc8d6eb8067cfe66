namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>One action of a bulk request.</summary>
/// <param name="Start">Where its two lines begin in the request's buffer.</param>
/// <param name="Length">Their length in bytes.</param>
/// <param name="TraceIndex">The trace in the batch; −1 for documents beside the spans.</param>
/// <param name="SpanIndex">The span in the trace; −1 for documents beside the spans.</param>
/// <param name="Index">The index that it goes to.</param>
/// <param name="Key">What to remember once it is stored; null for nothing.</param>
internal readonly record struct BulkItem(int Start, int Length, int TraceIndex, int SpanIndex, string Index, string? Key)
{
    public bool IsSpan => SpanIndex >= 0;
}
