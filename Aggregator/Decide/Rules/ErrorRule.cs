namespace Pipeline.Aggregator.Decide.Rules;

/// <summary>Keeps traces with a span whose status is error.</summary>
internal sealed class ErrorRule(string name) : ITailSamplingRule
{
    public string Name => name;

    public bool Keeps(in TraceFacts trace, out ulong threshold)
    {
        threshold = trace.HeadThreshold;
        return trace.HasError;
    }
}
