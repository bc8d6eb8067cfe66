namespace Pipeline.Aggregator.Decide;

/// <summary>What was decided about a trace.</summary>
/// <param name="IsKept">Kept or dropped.</param>
/// <param name="Rule">The rule that kept it; empty when dropped.</param>
/// <param name="Threshold">Final probability, head × tail, as a rejection threshold; 0 when dropped.</param>
internal readonly record struct TailSamplingDecision(bool IsKept, string Rule, ulong Threshold);
