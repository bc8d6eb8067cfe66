namespace Pipeline.Query.Diagnostics;

/// <summary>Everything the query process can say. WARN: odd, but nothing is lost; ERROR: an operator must act.</summary>
internal sealed partial class QueryEvents(ILogger<QueryEvents> logger)
{
    public void StoreUnavailable(string endpoint, string why) => LogStoreUnavailable(endpoint, why);

    public void StoreTimedOut(string endpoint, TimeSpan timeout) => LogStoreTimedOut(endpoint, timeout.TotalSeconds);

    public void RequestFailed(string endpoint, Exception exception) => LogRequestFailed(endpoint, exception);

    [LoggerMessage(4000, LogLevel.Warning, "The store could not answer {Endpoint}; the client was told to try again: {Why}")]
    private partial void LogStoreUnavailable(string endpoint, string why);

    [LoggerMessage(4001, LogLevel.Warning, "The store did not answer {Endpoint} within {Seconds} s (Query:StoreTimeout).")]
    private partial void LogStoreTimedOut(string endpoint, double seconds);

    [LoggerMessage(4002, LogLevel.Error, "{Endpoint} failed; the client was answered with 500. This is a fault of the program.")]
    private partial void LogRequestFailed(string endpoint, Exception exception);
}
