namespace Pipeline.Aggregator.Assemble;

/// <summary>How long traces wait and how large they may become; times in milliseconds of stream time.</summary>
internal sealed record AssemblyLimits(long DecisionWaitMs, long DecisionWaitAfterRootMs, int MaxSpansPerTrace, long MaxBytesPerTrace)
{
    public static AssemblyLimits From(AggregatorOptions options) => new(
        (long)options.DecisionWait.TotalMilliseconds,
        (long)options.DecisionWaitAfterRoot.TotalMilliseconds,
        options.MaxSpansPerTrace,
        options.MaxBytesPerTrace);
}
