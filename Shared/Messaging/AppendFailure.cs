namespace Pipeline.Shared.Messaging;

/// <summary>Why the log did not take a record.</summary>
public enum AppendFailure
{
    /// <summary>It was taken: durable as the topic's settings say.</summary>
    None,

    /// <summary>The producer's own queue is full: slow down and try again.</summary>
    QueueFull,

    /// <summary>The log did not acknowledge in time: try again. The record may have been written all the same.</summary>
    Unavailable,

    /// <summary>The record is larger than the log allows: it never will be taken.</summary>
    TooLarge,

    /// <summary>The producer can do no more (fenced, not authorised, broken): make a new one.</summary>
    Fatal,
}
