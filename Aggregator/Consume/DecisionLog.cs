using Pipeline.Aggregator.Assemble;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Messaging;

namespace Pipeline.Aggregator.Consume;

/// <summary>
/// Reads what earlier owners of partitions committed: the newest step record, and all decisions within the late horizon. Blocks; runs beside the poll loop on
/// a thread of its own.
/// </summary>
internal sealed class DecisionLog(IRecordLog log, RecordFraming framing, TimeSpan lateHorizon, TimeProvider time)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RecheckInterval = TimeSpan.FromMilliseconds(50);
    // Clocks of brokers may differ by this much when the log is entered by time.
    private const long ClockSlackMs = 60_000;

    /// <summary>How long another owner's open transaction is waited for: longer than the transaction timeout, after which the log ends it.</summary>
    public TimeSpan SettleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Loads one partition. <paramref name="committed"/> is the group's stable committed offset, null when there is none. Throws <see cref="LogUnavailableException"/>.
    /// </summary>
    public ShardStart Load(IRecordReader reader, int partition, long? committed, Func<long> oldestInput, CancellationToken cancellation)
    {
        var decisions = new TopicPartition(Topics.Decisions, partition);
        var range = AwaitSettled(reader, decisions, cancellation);
        var newest = FindNewest(reader, decisions, range, cancellation);
        if (newest is null)
            return ShardStart.At(committed ?? oldestInput());
        var from = reader.OffsetForTime(decisions, newest.StreamTimeMs - (long)lateHorizon.TotalMilliseconds - ClockSlackMs, AnswerTimeout);
        var remembered = new List<LoggedDecision>();
        ReadRange(reader, decisions, Math.Max(range.Start, from), range.CommittedEnd, step => remembered.AddRange(step.Decisions), cancellation);
        var watermark = committed ?? newest.Watermark;
        return new ShardStart(Math.Max(newest.Position, watermark), watermark, newest.StreamTimeMs, newest.Ledger, remembered);
    }

    /// <summary>Opens a reader for <see cref="Load"/>.</summary>
    public IRecordReader OpenReader() => log.CreateReader();

    // While a transaction is open in the partition, what it decides is not yet visible, and may still become so.
    private LogRange AwaitSettled(IRecordReader reader, TopicPartition partition, CancellationToken cancellation)
    {
        var begin = time.GetTimestamp();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var range = reader.QueryRange(partition, AnswerTimeout);
            if (range.CommittedEnd >= range.End)
                return range;
            if (time.GetElapsedTime(begin) > SettleTimeout)
                throw new LogUnavailableException($"{partition} has had an open transaction for {SettleTimeout.TotalSeconds:0} s "
                    + $"(committed end {range.CommittedEnd}, end {range.End}): its decisions cannot be read yet.");
            cancellation.WaitHandle.WaitOne(RecheckInterval);
        }
    }

    // Reads back from the end in growing strides; control records leave gaps, so the last offsets may hold nothing.
    private StepRecord? FindNewest(IRecordReader reader, TopicPartition partition, LogRange range, CancellationToken cancellation)
    {
        StepRecord? newest = null;
        for (long stride = 8; newest is null; stride *= 16)
        {
            var from = Math.Max(range.Start, range.CommittedEnd - stride);
            ReadRange(reader, partition, from, range.CommittedEnd, step => newest = step, cancellation);
            if (from == range.Start)
                break;
        }

        return newest;
    }

    private void ReadRange(IRecordReader reader, TopicPartition partition, long from, long end, Action<StepRecord> onStep, CancellationToken cancellation)
    {
        if (from >= end)
            return;
        reader.Assign([new PartitionOffset(partition, from)]);
        var begin = time.GetTimestamp();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var result = reader.Poll(PollTimeout);
            if (result.Outcome == PollOutcome.Record)
            {
                begin = time.GetTimestamp();
                onStep(Read(result.Record!));
                if (result.Record!.Offset >= end - 1)
                    return;
            }
            else if (result.Outcome == PollOutcome.EndOfPartition && result.Offset >= end)
            {
                return;
            }
            else if (time.GetElapsedTime(begin) > SettleTimeout)
            {
                throw new LogUnavailableException($"{partition} could not be read up to offset {end}: {result.Detail ?? "nothing came"}.");
            }
        }
    }

    private StepRecord Read(Record record)
    {
        try
        {
            return StepRecord.Read(framing.Unframe(record.Value, RecordSchema.StepRecord));
        }
        catch (EncodingException exception)
        {
            throw new EncodingException($"The step record at {record.Partition}@{record.Offset} cannot be read, so nobody knows what was decided there: {exception.Message}", exception);
        }
    }
}
