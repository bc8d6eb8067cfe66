namespace Pipeline.Aggregator.Decide;

/// <summary>The reasons as traces and metrics carry them.</summary>
internal static class DecisionReasonNames
{
    private static readonly string[] Names = ["root_arrived", "decision_wait_elapsed", "span_limit_reached", "byte_limit_reached", "memory_pressure", "shutdown"];

    public static string Name(this DecisionReason reason) => Names[(int)reason];
}
