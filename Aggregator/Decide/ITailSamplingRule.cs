namespace Pipeline.Aggregator.Decide;

/// <summary>Looks at an assembled trace and may keep it. Rules do no I/O and look at no clock: the same trace always gets the same answer.</summary>
internal interface ITailSamplingRule
{
    /// <summary>The name that kept traces carry.</summary>
    string Name { get; }

    /// <summary>
    /// True when the rule keeps the trace; <paramref name="threshold"/> is then the final probability of such a trace, head sampling included, as a rejection threshold.
    /// </summary>
    bool Keeps(in TraceFacts trace, out ulong threshold);
}
