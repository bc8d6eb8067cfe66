using Pipeline.Aggregator.Decide;
using Pipeline.Shared.Model;
using Pipeline.Shared.Sampling;
using Xunit;

namespace Pipeline.Aggregator.Tests.Decide;

public sealed class TailSamplerTests
{
    private static readonly RuleOptions[] Rules =
    [
        new() { Name = "errors", Type = RuleType.Error },
        new() { Name = "slow", Type = RuleType.Latency, Threshold = TimeSpan.FromMilliseconds(500) },
        new() { Name = "half", Type = RuleType.Probability, Probability = 0.5 },
    ];

    [Theory]
    [InlineData(true, 1, 0x00, "errors")]
    [InlineData(true, 900, 0xff, "errors")]
    [InlineData(false, 500, 0x00, "slow")]
    [InlineData(false, 499, 0x80, "half")]
    [InlineData(false, 499, 0x7f, "")]
    public void The_first_rule_that_keeps_a_trace_names_it(bool error, int durationMs, int randomness, string rule)
    {
        var facts = new TraceFacts(new TraceId(1, (ulong)randomness << 48), error, (ulong)durationMs * 1_000_000, 0);
        var decision = TailSampler.From(Rules).Decide(facts);
        Assert.Equal((rule, rule.Length > 0), (decision.Rule, decision.IsKept));
    }

    [Fact]
    public void Without_rules_everything_is_kept()
    {
        var decision = TailSampler.From([]).Decide(new TraceFacts(new TraceId(1, 1), false, 0, 0));
        Assert.Equal((true, "always", 0UL), (decision.IsKept, decision.Rule, decision.Threshold));
    }

    [Fact]
    public void The_final_probability_is_the_product_of_head_and_tail()
    {
        var head = SamplingThreshold.FromProbability(0.5);
        var facts = new TraceFacts(new TraceId(1, SamplingThreshold.Ceiling - 1), false, 0, head);
        var decision = TailSampler.From(Rules).Decide(facts);
        Assert.Equal(0.25, SamplingThreshold.ToProbability(decision.Threshold), 9);
    }

    [Fact]
    public void A_probability_rule_keeps_its_share_and_the_weights_add_up_to_the_whole()
    {
        var sampler = TailSampler.From([new RuleOptions { Name = "p", Type = RuleType.Probability, Probability = 0.1 }]);
        var random = new Random(7);
        const int count = 200_000;
        var weights = Enumerable.Range(0, count)
            .Select(_ => sampler.Decide(new TraceFacts(new TraceId(0, (ulong)random.NextInt64()), false, 0, 0)))
            .Where(d => d.IsKept).Sum(d => SamplingThreshold.AdjustedCount(d.Threshold));
        // Three standard deviations of a sum of weights 10 with probability 0.1.
        Assert.InRange(weights, count - 3 * Math.Sqrt(count * 9.0), count + 3 * Math.Sqrt(count * 9.0));
    }
}
