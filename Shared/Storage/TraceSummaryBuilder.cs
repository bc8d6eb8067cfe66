using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage;

/// <summary>Sums a trace up in one line.</summary>
internal static class TraceSummaryBuilder
{
    /// <summary>The summary of all spans of a trace (at least one), with the decision that kept it where that is known.</summary>
    public static TraceSummary Build(TraceId traceId, IReadOnlyList<Span> spans, string rule, string reason, ulong? threshold)
    {
        Span? root = null;
        var (start, end, errors) = (ulong.MaxValue, 0UL, 0);
        var services = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var span in spans)
        {
            if (span.ParentSpanId.IsEmpty && (root is null || span.StartTimeUnixNano < root.StartTimeUnixNano))
                root = span;
            start = Math.Min(start, span.StartTimeUnixNano);
            end = Math.Max(end, Math.Max(span.StartTimeUnixNano, span.EndTimeUnixNano));
            errors += span.Status.Code == SpanStatusCode.Error ? 1 : 0;
            services[span.Resource.ServiceName] = services.GetValueOrDefault(span.Resource.ServiceName) + 1;
        }

        return new TraceSummary
        {
            TraceId = traceId,
            RootService = root?.Resource.ServiceName ?? "",
            RootOperation = root?.Name ?? "",
            StartTimeUnixNano = start,
            EndTimeUnixNano = end,
            SpanCount = spans.Count,
            ErrorCount = errors,
            Services = [.. services],
            Rule = rule,
            Reason = reason,
            Probability = threshold is { } value ? Sampling.SamplingThreshold.ToProbability(value) : null,
        };
    }
}
