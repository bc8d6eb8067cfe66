namespace Pipeline.Aggregator;

/// <summary>One tail-sampling rule.</summary>
public sealed class RuleOptions
{
    /// <summary>The name that kept traces and metrics carry; unique, not empty.</summary>
    public string Name { get; set; } = "";

    /// <summary>What the rule looks at.</summary>
    public RuleType? Type { get; set; }

    /// <summary>For <see cref="RuleType.Latency"/>: keeps traces that last at least this long, from the earliest start to the latest end; greater than 0.</summary>
    public TimeSpan? Threshold { get; set; }

    /// <summary>For <see cref="RuleType.Probability"/>: the share of traces to keep, greater than 0, at most 1.</summary>
    public double? Probability { get; set; }
}
