using Pipeline.Shared.Sampling;

namespace Pipeline.Aggregator.Decide.Rules;

/// <summary>
/// Keeps a share of the traces that arrive, chosen by the randomness of the trace id as head sampling does, so that both compose: of traces head-sampled with
/// threshold T, those whose randomness is also above the product's threshold (proportional sampling, sampling.md of OpenTelemetry's probability specification).
/// </summary>
internal sealed class ProbabilityRule(string name, double probability) : ITailSamplingRule
{
    private readonly ulong _own = SamplingThreshold.FromProbability(probability);

    public string Name => name;

    public bool Keeps(in TraceFacts trace, out ulong threshold)
    {
        threshold = trace.HeadThreshold == 0 ? _own : SamplingThreshold.Multiply(trace.HeadThreshold, _own);
        return SamplingThreshold.Keeps(threshold, SamplingThreshold.RandomnessOf(trace.TraceId));
    }
}
