namespace Pipeline.Aggregator.Decide.Rules;

/// <summary>Keeps every trace.</summary>
internal sealed class AlwaysRule(string name) : ITailSamplingRule
{
    public string Name => name;

    public bool Keeps(in TraceFacts trace, out ulong threshold)
    {
        threshold = trace.HeadThreshold;
        return true;
    }
}
