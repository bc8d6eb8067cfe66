using Pipeline.Shared.Model;
using Pipeline.Shared.Sampling;

namespace Pipeline.Shared.Storage.Sqlite;

/// <summary>The union of a trace's pieces, with the decision of the first that was not late.</summary>
internal sealed record StoredTrace(TraceId TraceId, List<Span> Spans, string Rule, string Reason, ulong? Threshold)
{
    public Trace ToTrace()
    {
        Spans.Sort(SpanOrder.Instance);
        return new Trace(TraceId, Spans)
        {
            Rule = Rule,
            Reason = Reason,
            Probability = Threshold is { } threshold ? SamplingThreshold.ToProbability(threshold) : null,
        };
    }

    public TraceSummary ToSummary() => TraceSummaryBuilder.Build(TraceId, Spans, Rule, Reason, Threshold);
}
