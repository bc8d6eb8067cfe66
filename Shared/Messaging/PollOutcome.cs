namespace Pipeline.Shared.Messaging;

/// <summary>What a poll brought.</summary>
public enum PollOutcome
{
    /// <summary>Nothing within the time given.</summary>
    Nothing,

    /// <summary>A record.</summary>
    Record,

    /// <summary>The reader stands at the committed end of a partition; told once each time it gets there.</summary>
    EndOfPartition,

    /// <summary>The log has trouble that it expects to get over by itself (brokers away). Poll again.</summary>
    Trouble,

    /// <summary>The offset to read no longer exists (retention): reading went on at the oldest one that does.</summary>
    OffsetsLost,
}
