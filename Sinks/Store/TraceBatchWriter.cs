using Pipeline.Shared.Storage;
using Pipeline.Sinks.Consume;
using Pipeline.Sinks.Diagnostics;

namespace Pipeline.Sinks.Store;

/// <summary>
/// Gives every record of a batch its final verdict: stored, or in the dead letters. Waits for a store or a log that is away. One call at a time.
/// </summary>
internal sealed class TraceBatchWriter(ITraceWriter store, StoreRetry retry, DeadLetterWriter deadLetters, SinkEvents events, SinkMetrics metrics, TimeProvider time)
{
    private const int MaxNamedSpans = 10;

    /// <summary>Returns when all records have their verdict. Cancellation leaves some without; writing them again later does no harm.</summary>
    public async Task WriteAsync(IReadOnlyList<TakenRecord> records, CancellationToken cancellation)
    {
        var begin = time.GetTimestamp();
        var readable = records.Where(r => r.Trace is not null).ToList();
        var report = readable.Count == 0
            ? new WriteReport(0, 0, [])
            : await retry.RunAsync(token => store.WriteAsync([.. readable.Select(r => r.Trace!)], token), cancellation);
        var refused = report.Refused.ToLookup(r => r.TraceIndex);
        Count(readable, report, refused);
        for (var i = 0; i < readable.Count; i++)
            if (refused.Contains(i))
                await BuryRefusedAsync(readable[i], [.. refused[i]], cancellation);
        foreach (var record in records.Where(r => r.Trace is null))
            await BuryUnreadableAsync(record, cancellation);
        metrics.BatchesWritten.Inc();
        metrics.WriteSeconds.Observe(time.GetElapsedTime(begin).TotalSeconds);
    }

    private void Count(List<TakenRecord> readable, WriteReport report, ILookup<int, RefusedSpan> refused)
    {
        metrics.SpansStored.Inc(report.StoredSpanCount);
        metrics.SpansRepeated.Inc(report.RepeatedSpanCount);
        for (var i = 0; i < readable.Count; i++)
        {
            var left = refused[i].Count();
            metrics.SpansInFlight.Dec(readable[i].OpenSpanCount - left);
            readable[i].OpenSpanCount = left;
        }
    }

    // The letter is the whole record: what is stored of it already will be recognised when it is put back.
    private async Task BuryRefusedAsync(TakenRecord record, List<RefusedSpan> refused, CancellationToken cancellation)
    {
        var named = string.Join("; ", refused.Take(MaxNamedSpans).Select(r => $"span {r.Span.SpanId}: {r.Reason}"));
        await deadLetters.WriteAsync(record.Record, $"The store refused {refused.Count} of {record.Trace!.Spans.Count} spans of trace {record.Trace.TraceId}: {named}", cancellation);
        metrics.SpansInFlight.Dec(record.OpenSpanCount);
        record.OpenSpanCount = 0;
        events.SpansRefused(refused.Count, refused[0].Reason);
    }

    private async Task BuryUnreadableAsync(TakenRecord record, CancellationToken cancellation)
    {
        await deadLetters.WriteAsync(record.Record, record.UnreadableBecause!, cancellation);
        events.RecordUnreadable(record.Record.Partition.Topic, record.Record.Partition.ToString(), record.Record.Offset, record.UnreadableBecause!);
    }
}
