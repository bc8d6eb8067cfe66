using Pipeline.Shared.Messaging;

namespace Pipeline.Collector.Diagnostics;

/// <summary>Everything the collector can say. WARN: odd, but nothing is lost; ERROR: something is lost, or an operator must act.</summary>
internal sealed partial class CollectorEvents(ILogger<CollectorEvents> logger, CollectorMetrics metrics, TimeProvider time)
{
    private static readonly TimeSpan QuietInterval = TimeSpan.FromSeconds(10);

    private long _lastNotTaken = long.MinValue;
    private long _notTakenSince;

    /// <summary>The log did not take a record; its requests are refused for now.</summary>
    public void RecordNotTaken(in AppendResult result)
    {
        Interlocked.Increment(ref _notTakenSince);
        var last = Volatile.Read(ref _lastNotTaken);
        if (last != long.MinValue && time.GetElapsedTime(last) < QuietInterval)
            return;
        if (Interlocked.CompareExchange(ref _lastNotTaken, time.GetTimestamp(), last) == last)
            LogRecordNotTaken(result.Partition.ToString(), result.Failure, result.Detail ?? "no detail", Interlocked.Exchange(ref _notTakenSince, 0));
    }

    /// <summary>The process stops although the log has not answered for some records; their requests were not answered with success.</summary>
    public void UnacknowledgedAtStop(int records) => LogUnacknowledgedAtStop(records);

    /// <summary>The producer could do no more; a new one has taken its place.</summary>
    public void ProducerReplaced() => LogProducerReplaced();

    /// <summary>A request had a method, content type or encoding that is not supported.</summary>
    public void RequestUnsupported(string protocol, string why)
    {
        metrics.CountRequest(protocol, RequestOutcome.Unsupported);
        LogRequestUnsupported(protocol, why);
    }

    /// <summary>A request could not be decoded.</summary>
    public void RequestMalformed(string protocol, string why)
    {
        metrics.CountRequest(protocol, RequestOutcome.Malformed);
        LogRequestMalformed(protocol, why);
    }

    /// <summary>A request was larger than allowed.</summary>
    public void RequestTooLarge(string protocol, string why)
    {
        metrics.CountRequest(protocol, RequestOutcome.TooLarge);
        LogRequestTooLarge(protocol, why);
    }

    [LoggerMessage(1000, LogLevel.Warning, "The log did not take a record for {Partition} ({Failure}): {Detail}. {Count} records since the last of these lines; the clients are told to try again.")]
    private partial void LogRecordNotTaken(string partition, AppendFailure failure, string detail, long count);

    [LoggerMessage(1001, LogLevel.Warning, "Stopping although {Records} records are not acknowledged; their requests were not answered with success.")]
    private partial void LogUnacknowledgedAtStop(int records);

    [LoggerMessage(1002, LogLevel.Debug, "A request over {Protocol} could not be decoded: {Why}")]
    private partial void LogRequestMalformed(string protocol, string why);

    [LoggerMessage(1003, LogLevel.Debug, "A request over {Protocol} was too large: {Why}")]
    private partial void LogRequestTooLarge(string protocol, string why);

    [LoggerMessage(1004, LogLevel.Warning, "The log's producer could do no more; a new one has taken its place. The requests concerned were told to try again.")]
    private partial void LogProducerReplaced();

    [LoggerMessage(1005, LogLevel.Debug, "A request over {Protocol} is not supported: {Why}")]
    private partial void LogRequestUnsupported(string protocol, string why);
}
