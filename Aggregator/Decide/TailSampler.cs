using Pipeline.Aggregator.Decide.Rules;

namespace Pipeline.Aggregator.Decide;

/// <summary>The rule set: a trace is kept by the first rule that keeps it, and dropped when none does.</summary>
internal sealed class TailSampler(IReadOnlyList<ITailSamplingRule> rules)
{
    /// <summary>Builds the rules from valid options; without any, everything is kept.</summary>
    public static TailSampler From(IEnumerable<RuleOptions> options)
    {
        var rules = options.Select(Create).ToList();
        return new TailSampler(rules.Count > 0 ? rules : [new AlwaysRule("always")]);
    }

    public TailSamplingDecision Decide(in TraceFacts trace)
    {
        foreach (var rule in rules)
            if (rule.Keeps(trace, out var threshold))
                return new TailSamplingDecision(true, rule.Name, threshold);
        return new TailSamplingDecision(false, "", 0);
    }

    private static ITailSamplingRule Create(RuleOptions options) => options.Type switch
    {
        RuleType.Error => new ErrorRule(options.Name),
        RuleType.Latency => new LatencyRule(options.Name, options.Threshold!.Value),
        RuleType.Probability => new ProbabilityRule(options.Name, options.Probability!.Value),
        _ => new AlwaysRule(options.Name),
    };
}
