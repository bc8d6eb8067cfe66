namespace Pipeline.Collector.Diagnostics;

/// <summary>What a request was answered.</summary>
internal enum RequestOutcome
{
    Success,
    PartialSuccess,
    Busy,
    Unavailable,
    Malformed,
    TooLarge,
    Unsupported,
}
