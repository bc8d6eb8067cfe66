namespace Pipeline.Aggregator;

/// <summary>What a tail-sampling rule looks at.</summary>
public enum RuleType
{
    /// <summary>Keeps every trace.</summary>
    Always,

    /// <summary>Keeps traces with a span whose status is error.</summary>
    Error,

    /// <summary>Keeps slow traces.</summary>
    Latency,

    /// <summary>Keeps a share of the traces, chosen by the randomness of the trace id.</summary>
    Probability,
}
