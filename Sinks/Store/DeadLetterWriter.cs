using Pipeline.Shared.Messaging;
using Pipeline.Sinks.Diagnostics;

namespace Pipeline.Sinks.Store;

/// <summary>
/// Puts records into <c>tracing.dead-letters</c>: their own bytes, with where they came from and why in headers. Returns once the log has acknowledged, however long that
/// takes; a crash in between makes the letter twice, never none. One call at a time.
/// </summary>
internal sealed class DeadLetterWriter(IRecordLog log, SinkEvents events, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan FirstRest = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MaxRest = TimeSpan.FromSeconds(10);

    private IRecordProducer? _producer;

    /// <summary>The partition of the dead letters of a record.</summary>
    public static TopicPartition PartitionOf(Record record) => new(Topics.DeadLetters, record.Partition.Partition % Topics.EdgePartitionCount);

    /// <summary>Writes one letter.</summary>
    public async Task WriteAsync(Record record, string reason, CancellationToken cancellation)
    {
        var headers = DeadLetterHeaders.For(record, reason);
        var value = record.Value;
        for (var attempt = 0; ; attempt++)
        {
            _producer ??= log.CreateProducer();
            var result = await _producer.AppendAsync(PartitionOf(record), record.Key, value, headers, cancellation);
            if (result.Succeeded)
                return;
            if (result.Failure == AppendFailure.TooLarge && value is not null)
            {
                events.DeadLetterTruncated(record.Partition.ToString(), record.Offset, value.Length);
                value = null;
                continue;
            }

            if (result.Failure == AppendFailure.Fatal)
                Dispose();
            events.DeadLetterDelayed($"{result.Failure}: {result.Detail}");
            await Task.Delay(TimeSpan.FromTicks(Math.Min(MaxRest.Ticks, FirstRest.Ticks << Math.Min(attempt, 10))), time, cancellation);
        }
    }

    public void Dispose()
    {
        _producer?.Dispose();
        _producer = null;
    }
}
