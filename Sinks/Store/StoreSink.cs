using Pipeline.Shared.Encoding;
using Pipeline.Shared.Hosting;
using Pipeline.Shared.Messaging;
using Pipeline.Shared.Storage;
using Pipeline.Sinks.Diagnostics;

namespace Pipeline.Sinks.Store;

/// <summary>
/// Gives every item of a batch a final verdict: stored, held already, or in the dead letters. Tries again for as long as the store is away; returns only when done.
/// </summary>
internal sealed class StoreSink(ITraceWriter writer, IRecordLog log, RecordFraming framing, BatchSchedule schedule, SinkEvents events, SinkMetrics metrics, StageHealth health, TimeProvider time)
    : IDisposable
{
    public const string Stage = "store";

    private readonly Lazy<IRecordProducer> _deadLetters = new(log.CreateProducer);

    /// <summary>Makes the store ready to write to, however long that takes.</summary>
    public Task PrepareAsync(CancellationToken cancellation) => PersistAsync(async () =>
    {
        await writer.PrepareAsync(cancellation);
        return true;
    }, cancellation);

    public async Task WriteAsync(TraceBatch batch, CancellationToken cancellation)
    {
        foreach (var (record, reason) in batch.Unreadable)
        {
            await BuryAsync(record, reason, cancellation);
            metrics.RecordsUnreadable.Inc();
        }

        if (batch.Traces.Count == 0)
            return;
        var begin = time.GetTimestamp();
        var report = await PersistAsync(() => writer.WriteAsync(batch.Traces, cancellation), cancellation);
        foreach (var refused in report.Refused)
            await BuryAsync(batch.Traces[refused.TraceIndex], refused, cancellation);
        metrics.WriteSeconds.Observe(time.GetElapsedTime(begin).TotalSeconds);
        metrics.Stored.Inc(report.StoredSpanCount);
        metrics.Repeated.Inc(report.RepeatedSpanCount);
        metrics.DeadLettered.Inc(report.Refused.Count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_deadLetters.IsValueCreated)
            _deadLetters.Value.Dispose();
    }

    private async Task<T> PersistAsync<T>(Func<Task<T>> write, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var result = await write();
                health.ReportReady(Stage);
                return result;
            }
            catch (StoreUnavailableException exception)
            {
                health.ReportWaiting(Stage, exception.Message);
                var wait = schedule.WaitBefore(attempt, exception.RetryAfter);
                events.StoreUnavailable(exception.Message, attempt, wait);
                await Task.Delay(wait, time, cancellation);
            }
        }
    }

    private Task BuryAsync(KeptTrace trace, RefusedSpan refused, CancellationToken cancellation)
    {
        using var spans = new SpanSetWriter();
        spans.Add(refused.Span);
        using var body = new AvroWriter();
        framing.WritePrefix(body, RecordSchema.KeptTrace);
        KeptTraceWriter.Write(body, trace, spans);
        var record = new Record(new TopicPartition(Topics.Traces, 0), trace.SourceOffset, trace.DecidedAtMs, trace.TraceId.ToByteArray(), body.Written.ToArray(), []);
        events.SpanRefused(refused.Span.TraceId.ToString(), refused.Span.SpanId.ToString(), refused.Reason);
        return BuryAsync(record, refused.Reason, cancellation);
    }

    // A dead letter is acknowledged before the offsets of what it came from move.
    private async Task BuryAsync(Record record, string reason, CancellationToken cancellation)
    {
        var partition = new TopicPartition(Topics.DeadLetters, (int)((uint)record.Partition.Partition % Topics.EdgePartitionCount));
        for (var attempt = 1; ; attempt++)
        {
            var result = await _deadLetters.Value.AppendAsync(partition, record.Key, record.Value, DeadLetterHeaders.For(record, reason), cancellation);
            if (result.Succeeded)
                return;
            var wait = schedule.WaitBefore(attempt, null);
            events.DeadLetterNotTaken(result.Detail ?? result.Failure.ToString(), attempt, wait);
            await Task.Delay(wait, time, cancellation);
        }
    }
}
