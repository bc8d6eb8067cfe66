namespace Pipeline.Aggregator.Decide.Rules;

/// <summary>Keeps traces that last at least this long, from the earliest start to the latest end.</summary>
internal sealed class LatencyRule(string name, TimeSpan atLeast) : ITailSamplingRule
{
    private readonly ulong _atLeastNano = (ulong)atLeast.Ticks * 100;

    public string Name => name;

    public bool Keeps(in TraceFacts trace, out ulong threshold)
    {
        threshold = trace.HeadThreshold;
        return trace.DurationNano >= _atLeastNano;
    }
}
