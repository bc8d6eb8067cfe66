namespace Pipeline.Aggregator.Decide;

/// <summary>What made the aggregator decide a trace when it did.</summary>
internal enum DecisionReason
{
    /// <summary>The root span had arrived, and the wait after it was over.</summary>
    RootArrived,

    /// <summary>The decision wait since the first span was over.</summary>
    DecisionWaitElapsed,

    /// <summary>The trace had as many spans as one may have.</summary>
    SpanLimitReached,

    /// <summary>The trace took as many bytes as one may take.</summary>
    ByteLimitReached,

    /// <summary>All undecided traces together took too much memory.</summary>
    MemoryPressure,

    /// <summary>The process stopped, and its log with it.</summary>
    Shutdown,
}
