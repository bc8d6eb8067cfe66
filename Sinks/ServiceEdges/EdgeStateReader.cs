using Pipeline.Shared.Encoding;
using Pipeline.Shared.Messaging;

namespace Pipeline.Sinks.ServiceEdges;

/// <summary>Loads what earlier owners of an edge partition had committed to <c>tracing.edge-state</c>. Blocks.</summary>
internal sealed class EdgeStateReader(IRecordLog log, RecordFraming framing, TimeProvider time)
{
    private const int LinkKeyBytes = 24;
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RecheckInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>How long another owner's open transaction is waited for: longer than the transaction timeout, after which the log ends it.</summary>
    public TimeSpan SettleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Fills an empty partition. Throws <see cref="LogUnavailableException"/>, and <see cref="EncodingException"/> where the state cannot be read.</summary>
    public void Load(EdgePartition target, CancellationToken cancellation)
    {
        var partition = new TopicPartition(Topics.EdgeState, target.Partition);
        using var reader = log.CreateReader();
        var range = AwaitSettled(reader, partition, cancellation);
        if (range.Start >= range.CommittedEnd)
            return;
        // The topic is compacted, but perhaps not yet: the last record of a key counts.
        var links = new Dictionary<string, (EdgeDeltas Ends, long SinceMs)>();
        reader.Assign([new PartitionOffset(partition, range.Start)]);
        var begin = time.GetTimestamp();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var result = reader.Poll(PollTimeout);
            if (result.Outcome == PollOutcome.Record)
                Take(result.Record!, target, links);
            var reached = result.Outcome == PollOutcome.Record ? result.Record!.Offset + 1 : result.Outcome == PollOutcome.EndOfPartition ? result.Offset : 0;
            if (reached >= range.CommittedEnd)
                break;
            if (time.GetElapsedTime(begin) > SettleTimeout)
                throw new LogUnavailableException($"{partition} could not be read up to offset {range.CommittedEnd}: {result.Detail ?? "nothing came"}.");
        }

        foreach (var (ends, since) in links.Values)
            target.Restore(ends, since);
    }

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
                throw new LogUnavailableException($"{partition} has had an open transaction for {SettleTimeout.TotalSeconds:0} s.");
            cancellation.WaitHandle.WaitOne(RecheckInterval);
        }
    }

    private void Take(Record record, EdgePartition target, Dictionary<string, (EdgeDeltas, long)> links)
    {
        if (record.Key.Length == LinkKeyBytes && IsLink(record))
        {
            var key = Convert.ToHexString(record.Key);
            if (record.Value is null)
                links.Remove(key);
            else
                links[key] = (EdgeDeltas.Read(framing.Unframe(record.Value, RecordSchema.EdgeDeltas)), record.TimestampMs);
        }
        else if (record.Value is not null)
        {
            target.Restore(EdgeTotals.Read(framing.Unframe(record.Value, RecordSchema.EdgeTotals)));
        }
    }

    // The key of a series is text with separators, which an id may resemble: the value's schema decides, and only links have tombstones.
    private bool IsLink(Record record) => record.Value is null || framing.Is(record.Value, RecordSchema.EdgeDeltas);
}
