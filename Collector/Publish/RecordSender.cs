using Pipeline.Collector.Diagnostics;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Messaging;

namespace Pipeline.Collector.Publish;

/// <summary>
/// Seals records, hands them to the log and tells their requests what became of them. Owns the producer, and makes a new one when the log says that the old one can do no
/// more. Safe for use by many threads.
/// </summary>
internal sealed class RecordSender : IDisposable
{
    private const int MaxKept = 256;
    // A writer that grew beyond this for one burst is not kept for quiet times.
    private const int MaxKeptBytes = 256 * 1024;

    private readonly IRecordLog _log;
    private readonly RecordFraming _framing;
    private readonly CollectorMetrics _metrics;
    private readonly CollectorEvents _events;
    private readonly ThreadLocal<AvroWriter> _heads = new(() => new AvroWriter(4096));
    private readonly Lock _gate = new();
    private readonly Stack<OpenRecord> _free = [];
    private IRecordProducer _producer;
    private IRecordProducer? _broken;
    private IRecordProducer? _retired;

    public RecordSender(IRecordLog log, RecordFraming framing, CollectorMetrics metrics, CollectorEvents events)
    {
        (_log, _framing, _metrics, _events) = (log, framing, metrics, events);
        _producer = log.CreateProducer();
    }

    /// <summary>A record to open.</summary>
    public OpenRecord Rent()
    {
        lock (_gate)
            if (_free.TryPop(out var record))
                return record;
        return new OpenRecord(this);
    }

    /// <summary>Seals a record and hands it to the log. Its requests are told when the log has answered.</summary>
    public void Send(OpenRecord record)
    {
        var value = record.Seal(_heads.Value!, _framing);
        _metrics.RecordBytes.Observe(value.Length);
        var producer = Volatile.Read(ref _producer);
        record.Producer = producer;
        var failure = producer.Append(record.Partition, record.Key, value, [], record);
        if (failure != AppendFailure.None)
            OnAnswered(record, new AppendResult(record.Partition, -1, failure, "refused at once"));
    }

    /// <summary>The log's answer for a record.</summary>
    public void OnAnswered(OpenRecord record, in AppendResult result)
    {
        var outcome = result.Failure switch
        {
            AppendFailure.None => PublishResult.Acknowledged,
            AppendFailure.QueueFull => PublishResult.Busy,
            _ => PublishResult.Unavailable,
        };
        if (outcome == PublishResult.Acknowledged)
        {
            _metrics.Published.Inc(record.SpanCount);
        }
        else
        {
            _metrics.CountNotTaken(outcome, record.SpanCount);
            _events.RecordNotTaken(result);
        }

        if (result.Failure == AppendFailure.Fatal)
            Volatile.Write(ref _broken, record.Producer);
        record.Complete(outcome);
        Return(record);
    }

    /// <summary>Puts a new producer in the place of one that can do no more. To be called from time to time, by one thread.</summary>
    public void ReplaceBrokenProducer()
    {
        // Only at the next call, so that nobody is within the old one any more.
        _retired?.Dispose();
        _retired = null;
        if (Interlocked.Exchange(ref _broken, null) is not { } broken || !ReferenceEquals(broken, _producer))
            return;
        _retired = broken;
        Volatile.Write(ref _producer, _log.CreateProducer());
        _events.ProducerReplaced();
    }

    /// <summary>Waits for the log's answers; returns how many are still missing.</summary>
    public int Flush(TimeSpan timeout) => Volatile.Read(ref _producer).Flush(timeout);

    public void Dispose()
    {
        _retired?.Dispose();
        _producer.Dispose();
        _heads.Dispose();
    }

    private void Return(OpenRecord record)
    {
        record.Producer = null;
        if (record.SealedBytes <= MaxKeptBytes)
        {
            lock (_gate)
            {
                if (_free.Count < MaxKept)
                {
                    _free.Push(record);
                    return;
                }
            }
        }

        record.Dispose();
    }
}
