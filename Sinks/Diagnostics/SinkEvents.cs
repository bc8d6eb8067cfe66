namespace Pipeline.Sinks.Diagnostics;

/// <summary>Everything the sinks can say. WARN: odd, but nothing is lost; ERROR: something is lost, or an operator must act.</summary>
internal sealed partial class SinkEvents(ILogger<SinkEvents> logger, SinkMetrics metrics)
{
    public void PartitionsAssigned(string topic, IEnumerable<int> partitions) => LogPartitionsAssigned(topic, string.Join(",", partitions));

    public void PartitionsRevoked(string topic, IEnumerable<int> partitions) => LogPartitionsRevoked(topic, string.Join(",", partitions));

    public void PartitionsLost(string topic, IEnumerable<int> partitions) => LogPartitionsLost(topic, string.Join(",", partitions));

    public void StoreUnavailable(int attempt, TimeSpan rest, string why)
    {
        metrics.StoreRetries.Inc();
        LogStoreUnavailable(attempt, rest.TotalSeconds, why);
    }

    public void StoreRecovered(int attempts) => LogStoreRecovered(attempts);

    public void SpansRefused(int count, string why)
    {
        metrics.SpansDeadLettered.Inc(count);
        LogSpansRefused(count, why);
    }

    public void RecordUnreadable(string topic, string partition, long offset, string why)
    {
        metrics.RecordsUnreadable.WithLabels(topic).Inc();
        LogRecordUnreadable(partition, offset, why);
    }

    public void DeadLetterDelayed(string why) => LogDeadLetterDelayed(why);

    public void DeadLetterTruncated(string partition, long offset, long bytes)
    {
        metrics.DeadLettersTruncated.Inc();
        LogDeadLetterTruncated(partition, offset, bytes);
    }

    public void OffsetsLost(string topic, string partition, long from, long to)
    {
        metrics.OffsetsLost.WithLabels(topic).Inc(Math.Max(0, to - from));
        LogOffsetsLost(partition, from, to, to - from);
    }

    public void LogTrouble(string why) => LogLogTrouble(why);

    public void OffsetsNotCommitted(string why) => LogOffsetsNotCommitted(why);

    public void RecordsGivenBack(int records) => LogRecordsGivenBack(records);

    public void StageRestarts(string stage, TimeSpan rest, string why) => LogStageRestarts(stage, rest.TotalSeconds, why);

    public void StageFailed(string stage, Exception exception) => LogStageFailed(exception, stage);

    public void EdgePartitionTakenOver(int partition, int series, long position) => LogEdgePartitionTakenOver(partition, series, position);

    public void EdgeTakeOverDelayed(string why) => LogEdgeTakeOverDelayed(why);

    public void EdgeStepAborted(int attempt, string why)
    {
        metrics.EdgeStepsAborted.Inc();
        LogEdgeStepAborted(attempt, why);
    }

    public void ProducerFenced(string why)
    {
        metrics.ProducersFenced.Inc();
        LogProducerFenced(why);
    }

    public void TooManySeries(int partition, int limit) => LogTooManySeries(partition, limit);

    public void DependenciesDelayed(string why) => LogDependenciesDelayed(why);

    public void RetentionDelayed(string why) => LogRetentionDelayed(why);

    public void NotDrained(string stage, TimeSpan within) => LogNotDrained(stage, within.TotalSeconds);

    [LoggerMessage(3000, LogLevel.Information, "Assigned partitions {Partitions} of {Topic}.")]
    private partial void LogPartitionsAssigned(string topic, string partitions);

    [LoggerMessage(3001, LogLevel.Information, "Gave back partitions {Partitions} of {Topic}, everything acknowledged committed.")]
    private partial void LogPartitionsRevoked(string topic, string partitions);

    [LoggerMessage(3002, LogLevel.Warning, "Lost partitions {Partitions} of {Topic}: this instance was away for too long, another one goes on where offsets were committed.")]
    private partial void LogPartitionsLost(string topic, string partitions);

    [LoggerMessage(3003, LogLevel.Warning, "The store does not take a batch (attempt {Attempt}), next try in {Seconds:0.0} s: {Why}")]
    private partial void LogStoreUnavailable(int attempt, double seconds, string why);

    [LoggerMessage(3004, LogLevel.Information, "The store answers again, after {Attempts} tries.")]
    private partial void LogStoreRecovered(int attempts);

    [LoggerMessage(3005, LogLevel.Error, "The store refuses {Count} spans for good; they go to the dead letters. The first: {Why}")]
    private partial void LogSpansRefused(int count, string why);

    [LoggerMessage(3006, LogLevel.Error, "The record at {Partition}@{Offset} cannot be read and goes to the dead letters: {Why}")]
    private partial void LogRecordUnreadable(string partition, long offset, string why);

    [LoggerMessage(3007, LogLevel.Warning, "A dead letter cannot be written yet, trying again: {Why}")]
    private partial void LogDeadLetterDelayed(string why);

    [LoggerMessage(3008, LogLevel.Error, "The dead letter of {Partition}@{Offset} is too large for the log ({Bytes} bytes): only its headers are kept.")]
    private partial void LogDeadLetterTruncated(string partition, long offset, long bytes);

    [LoggerMessage(3009, LogLevel.Error, "Offsets {From} to {To} of {Partition} are gone before they were read ({Count} offsets): the topic's retention is shorter than this consumer's lag.")]
    private partial void LogOffsetsLost(string partition, long from, long to, long count);

    [LoggerMessage(3010, LogLevel.Warning, "The log has trouble: {Why}")]
    private partial void LogLogTrouble(string why);

    [LoggerMessage(3011, LogLevel.Warning, "Offsets could not be committed; what they stand for is stored and will be recognised when it comes again: {Why}")]
    private partial void LogOffsetsNotCommitted(string why);

    [LoggerMessage(3012, LogLevel.Information, "{Records} records were left without a verdict; whoever owns their partitions next reads them again.")]
    private partial void LogRecordsGivenBack(int records);

    [LoggerMessage(3013, LogLevel.Warning, "The stage {Stage} begins again in {Seconds:0.0} s: {Why}")]
    private partial void LogStageRestarts(string stage, double seconds, string why);

    [LoggerMessage(3014, LogLevel.Critical, "The stage {Stage} failed; the process stops. Nothing is lost: reading goes on at the last committed offsets.")]
    private partial void LogStageFailed(Exception exception, string stage);

    [LoggerMessage(3020, LogLevel.Information, "Took over edge partition {Partition}: {Series} series, from offset {Position}.")]
    private partial void LogEdgePartitionTakenOver(int partition, int series, long position);

    [LoggerMessage(3021, LogLevel.Warning, "Taking over edge partitions has to wait: {Why}")]
    private partial void LogEdgeTakeOverDelayed(string why);

    [LoggerMessage(3022, LogLevel.Warning, "A transaction of edge totals was aborted (attempt {Attempt}) and will be sent again, nothing of it is visible: {Why}")]
    private partial void LogEdgeStepAborted(int attempt, string why);

    [LoggerMessage(3023, LogLevel.Warning, "The transactional producer can do no more; a new one is made and the edge totals are loaded afresh: {Why}")]
    private partial void LogProducerFenced(string why);

    [LoggerMessage(3024, LogLevel.Error, "Edge partition {Partition} has {Limit} series, as many as Sinks:MaxSeriesPerPartition allows: further ones count in its overflow series.")]
    private partial void LogTooManySeries(int partition, int limit);

    [LoggerMessage(3025, LogLevel.Warning, "Dependencies could not be written yet, trying again: {Why}")]
    private partial void LogDependenciesDelayed(string why);

    [LoggerMessage(3026, LogLevel.Warning, "What is past its retention could not be deleted, trying again later: {Why}")]
    private partial void LogRetentionDelayed(string why);

    [LoggerMessage(3027, LogLevel.Error, "The stage {Stage} did not reach the end of the log within {Seconds:0} s of the stop; what is left dies with the log.")]
    private partial void LogNotDrained(string stage, double seconds);
}
