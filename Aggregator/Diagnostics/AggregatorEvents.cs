namespace Pipeline.Aggregator.Diagnostics;

/// <summary>Everything the aggregator can say. WARN: odd, but nothing is lost; ERROR: something is lost, or an operator must act.</summary>
internal sealed partial class AggregatorEvents(ILogger<AggregatorEvents> logger, AggregatorMetrics metrics)
{
    public void PartitionsAssigned(IReadOnlyCollection<int> partitions) => LogPartitionsAssigned(string.Join(",", partitions));

    public void PartitionsRevoked(IReadOnlyCollection<int> partitions) => LogPartitionsRevoked(string.Join(",", partitions));

    public void PartitionsLost(IReadOnlyCollection<int> partitions) => LogPartitionsLost(string.Join(",", partitions));

    public void PartitionTakenOver(int partition, long watermark, long position, int decisions) => LogPartitionTakenOver(partition, watermark, position, decisions);

    public void TakeOverDelayed(string why)
    {
        metrics.TakeOverDelays.Inc();
        LogTakeOverDelayed(why);
    }

    public void StepAborted(string why, int attempt)
    {
        metrics.StepsAborted.Inc();
        LogStepAborted(attempt, why);
    }

    public void ProducerFenced(string why)
    {
        metrics.ProducersFenced.Inc();
        LogProducerFenced(why);
    }

    public void RecordUnreadable(string partition, long offset, string why) => LogRecordUnreadable(partition, offset, why);

    public void OffsetsLost(string partition, long from, long to) => LogOffsetsLost(partition, from, to, to - from);

    public void LogTrouble(string why) => LogLogTrouble(why);

    public void ConsumerFailed(Exception exception) => LogConsumerFailed(exception);

    public void OpenTracesDecided(int count) => LogOpenTracesDecided(count);

    [LoggerMessage(2000, LogLevel.Information, "Assigned span partitions {Partitions}.")]
    private partial void LogPartitionsAssigned(string partitions);

    [LoggerMessage(2001, LogLevel.Information, "Gave back span partitions {Partitions}, everything decided committed.")]
    private partial void LogPartitionsRevoked(string partitions);

    [LoggerMessage(2002, LogLevel.Warning, "Lost span partitions {Partitions}: this instance was away for too long, another one replays what it had not committed.")]
    private partial void LogPartitionsLost(string partitions);

    [LoggerMessage(2003, LogLevel.Information, "Took over span partition {Partition}: replay from {Watermark} to {Position}, {Decisions} decisions remembered.")]
    private partial void LogPartitionTakenOver(int partition, long watermark, long position, int decisions);

    [LoggerMessage(2004, LogLevel.Warning, "A take-over has to wait: {Why}")]
    private partial void LogTakeOverDelayed(string why);

    [LoggerMessage(2005, LogLevel.Warning, "A step was aborted (attempt {Attempt}) and will be sent again, nothing of it is visible: {Why}")]
    private partial void LogStepAborted(int attempt, string why);

    [LoggerMessage(2006, LogLevel.Warning, "The transactional producer can do no more; a new one is made and all partitions are taken over afresh: {Why}")]
    private partial void LogProducerFenced(string why);

    [LoggerMessage(2007, LogLevel.Error, "The record at {Partition}@{Offset} cannot be read and goes to the dead letters: {Why}")]
    private partial void LogRecordUnreadable(string partition, long offset, string why);

    [LoggerMessage(2008, LogLevel.Error, "Offsets {From} to {To} of {Partition} are gone before they were read ({Count} offsets): the topic's retention is shorter than this consumer's lag.")]
    private partial void LogOffsetsLost(string partition, long from, long to, long count);

    [LoggerMessage(2009, LogLevel.Warning, "The log has trouble: {Why}")]
    private partial void LogLogTrouble(string why);

    [LoggerMessage(2010, LogLevel.Critical, "The span consumer failed; the process stops. Nothing is lost: whoever takes over replays from the last committed step.")]
    private partial void LogConsumerFailed(Exception exception);

    [LoggerMessage(2011, LogLevel.Information, "Decided {Count} open traces because the process stops.")]
    private partial void LogOpenTracesDecided(int count);
}
