namespace Pipeline.Sinks.Diagnostics;

/// <summary>Everything the sinks can say. WARN: odd, but nothing is lost; ERROR: something is lost, or an operator must act.</summary>
internal sealed partial class SinkEvents(ILogger<SinkEvents> logger, SinkMetrics metrics)
{
    public void PartitionsAssigned(string topic, int count) => LogPartitionsAssigned(count, topic);

    public void PartitionsRevoked(string topic, int count) => LogPartitionsRevoked(count, topic);

    public void PartitionsLost(string topic, int count) => LogPartitionsLost(count, topic);

    public void StoreUnavailable(string why, int attempt, TimeSpan wait) => LogStoreUnavailable(attempt, wait.TotalSeconds, why);

    public void SpanRefused(string traceId, string spanId, string reason) => LogSpanRefused(spanId, traceId, reason);

    public void DeadLetterNotTaken(string why, int attempt, TimeSpan wait) => LogDeadLetterNotTaken(attempt, wait.TotalSeconds, why);

    public void RecordUnreadable(string partition, long offset, string why) => LogRecordUnreadable(partition, offset, why);

    public void OffsetsLost(string partition, long from, long to) => LogOffsetsLost(partition, from, to, to - from);

    public void LogTrouble(string why) => LogLogTrouble(why);

    public void CommitFailed(string why) => LogCommitFailed(why);

    public void ConsumerFailed(string topic, Exception exception) => LogConsumerFailed(topic, exception);

    public void RetentionDelayed(string why) => LogRetentionDelayed(why);

    public void EdgeStepAborted(string why)
    {
        metrics.EdgeStepsAborted.Inc();
        LogEdgeStepAborted(why);
    }

    public void EdgesReloaded(string why) => LogEdgesReloaded(why);

    public void DependenciesDelayed(string why) => LogDependenciesDelayed(why);

    [LoggerMessage(3000, LogLevel.Information, "Assigned {Count} partitions of {Topic}.")]
    private partial void LogPartitionsAssigned(int count, string topic);

    [LoggerMessage(3001, LogLevel.Information, "Gave back {Count} partitions of {Topic}.")]
    private partial void LogPartitionsRevoked(int count, string topic);

    [LoggerMessage(3002, LogLevel.Warning, "Lost {Count} partitions of {Topic}: this instance was away for too long; another one reads again what was not committed.")]
    private partial void LogPartitionsLost(int count, string topic);

    [LoggerMessage(3003, LogLevel.Warning, "The store is not available (try {Attempt}, again in {Seconds:0.0} s; nothing is dropped): {Why}")]
    private partial void LogStoreUnavailable(int attempt, double seconds, string why);

    [LoggerMessage(3004, LogLevel.Error, "The store refuses span {SpanId} of trace {TraceId} for good; it goes to the dead letters: {Reason}")]
    private partial void LogSpanRefused(string spanId, string traceId, string reason);

    [LoggerMessage(3005, LogLevel.Warning, "A dead letter was not taken (try {Attempt}, again in {Seconds:0.0} s): {Why}")]
    private partial void LogDeadLetterNotTaken(int attempt, double seconds, string why);

    [LoggerMessage(3006, LogLevel.Error, "The record at {Partition}@{Offset} cannot be read and goes to the dead letters: {Why}")]
    private partial void LogRecordUnreadable(string partition, long offset, string why);

    [LoggerMessage(3007, LogLevel.Error, "Offsets {From} to {To} of {Partition} are gone before they were read ({Count} offsets): the topic's retention is shorter than this consumer's lag.")]
    private partial void LogOffsetsLost(string partition, long from, long to, long count);

    [LoggerMessage(3008, LogLevel.Warning, "The log has trouble: {Why}")]
    private partial void LogLogTrouble(string why);

    [LoggerMessage(3009, LogLevel.Warning, "Offsets could not be committed; what they cover is read and absorbed again: {Why}")]
    private partial void LogCommitFailed(string why);

    [LoggerMessage(3010, LogLevel.Critical, "The consumer of {Topic} failed; the process stops. Nothing is lost: what is not committed is read again.")]
    private partial void LogConsumerFailed(string topic, Exception exception);

    [LoggerMessage(3011, LogLevel.Warning, "Expired traces could not be deleted, next try at the next interval: {Why}")]
    private partial void LogRetentionDelayed(string why);

    [LoggerMessage(3012, LogLevel.Warning, "A step of edge totals was aborted and will be sent again: {Why}")]
    private partial void LogEdgeStepAborted(string why);

    [LoggerMessage(3013, LogLevel.Warning, "Edge totals are loaded afresh: {Why}")]
    private partial void LogEdgesReloaded(string why);

    [LoggerMessage(3014, LogLevel.Warning, "Dependencies could not be written, next try at the next interval: {Why}")]
    private partial void LogDependenciesDelayed(string why);
}
