namespace Pipeline.Collector.Publish;

/// <summary>What became of a request's spans.</summary>
internal enum PublishResult
{
    /// <summary>All of them are in the log.</summary>
    Acknowledged,

    /// <summary>Too much waits for the log already: slow down, try again.</summary>
    Busy,

    /// <summary>The log did not take at least one of them: try again. Others may be in it; the aggregator drops duplicates.</summary>
    Unavailable,
}
