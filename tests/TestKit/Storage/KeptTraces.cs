using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;

namespace Pipeline.TestKit.Storage;

/// <summary>Pieces of kept traces, built from spans.</summary>
public static class KeptTraces
{
    /// <summary>One piece that holds these spans, which must be of one trace.</summary>
    public static KeptTrace Of(params Span[] spans) => Of(offset: 0, spans);

    /// <summary>One piece with its place in the input.</summary>
    public static KeptTrace Of(long offset, params Span[] spans) => new()
    {
        TraceId = spans[0].TraceId,
        Spans = spans,
        Rule = "keep-all",
        Reason = "root_arrived",
        Threshold = 0,
        DecidedAtMs = (long)(spans[0].StartTimeUnixNano / 1_000_000) + 5000,
        SourceOffset = offset,
    };

    /// <summary>One piece of late spans.</summary>
    public static KeptTrace Late(long offset, params Span[] spans) => new()
    {
        TraceId = spans[0].TraceId,
        Spans = spans,
        IsLate = true,
        Rule = "keep-all",
        Reason = "late_span",
        Threshold = 0,
        DecidedAtMs = (long)(spans[0].StartTimeUnixNano / 1_000_000) + 60_000,
        SourceOffset = offset,
    };
}
