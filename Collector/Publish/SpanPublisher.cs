using Microsoft.Extensions.Options;
using Pipeline.Collector.Diagnostics;
using Pipeline.Collector.Receive;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Hosting;
using Pipeline.Shared.Messaging;

namespace Pipeline.Collector.Publish;

/// <summary>
/// Puts accepted spans into the open record of their partition, which all requests in flight share, and sends the records when they are full or have waited long
/// enough. A request is answered when every record that holds its spans has been.
/// </summary>
internal sealed class SpanPublisher : BackgroundService
{
    private const string Stage = "collector";
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly CollectorOptions _options;
    private readonly RecordFraming _framing;
    private readonly CollectorMetrics _metrics;
    private readonly CollectorEvents _events;
    private readonly StageHealth _health;
    private readonly TimeProvider _time;
    private readonly IRecordProducer _producer;
    private readonly AdaptiveLinger _linger;
    private readonly SemaphoreSlim _filled = new(0, 1);
    private readonly AvroWriter _writer = new(64 * 1024);

    // Guarded by the gate.
    private readonly Dictionary<(string Tenant, int Partition), OpenRecord> _open = [];
    private readonly int _partitionCount;
    private long _inFlightBytes;
    private bool _isDraining;

    public SpanPublisher(IRecordLog log, RecordFraming framing, IOptions<CollectorOptions> options, IOptions<TopicsOptions> topics, CollectorMetrics metrics,
        CollectorEvents events, StageHealth health, TimeProvider time)
    {
        (_framing, _options, _metrics, _events, _health, _time) = (framing, options.Value, metrics, events, health, time);
        _partitionCount = topics.Value.PartitionCount;
        _linger = new AdaptiveLinger(_options.MinLinger, _options.MaxLinger);
        _producer = log.CreateProducer();
    }

    /// <summary>Publishes a request's spans; the batch can be used again as soon as this returns, the task tells what became of them.</summary>
    public Task<PublishResult> PublishAsync(IngestBatch batch, string tenant, CancellationToken cancellation)
    {
        if (batch.Spans.Count == 0)
            return Task.FromResult(PublishResult.Acknowledged);
        var bytes = batch.LengthBytes;
        if (Interlocked.Add(ref _inFlightBytes, bytes) > _options.MaxInFlightBytes)
        {
            Interlocked.Add(ref _inFlightBytes, -bytes);
            return Task.FromResult(PublishResult.Busy);
        }

        var request = new PendingRequest();
        lock (_gate)
        {
            if (_isDraining)
            {
                Interlocked.Add(ref _inFlightBytes, -bytes);
                return Task.FromResult(PublishResult.Unavailable);
            }

            Place(batch, tenant, request);
        }

        request.OnDone(PublishResult.Acknowledged);
        if (_filled.CurrentCount == 0)
            SignalFilled();
        return AwaitAsync(request, bytes, cancellation);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _isDraining = true;
            Flush();
        }

        var left = await Task.Run(() => _producer.Flush(FlushTimeout), cancellationToken);
        if (left > 0)
            _events.UnacknowledgedAtStop(left);
        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _producer.Dispose();
        _filled.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _health.ReportReady(Stage);
        try
        {
            while (true)
            {
                await _filled.WaitAsync(stoppingToken);
                await Task.Delay(_linger.Current, _time, stoppingToken);
                lock (_gate)
                    Flush();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping: StopAsync has sent what was open.
        }
    }

    private async Task<PublishResult> AwaitAsync(PendingRequest request, int bytes, CancellationToken cancellation)
    {
        try
        {
            return await request.Task.WaitAsync(_options.PublishTimeout, _time, cancellation);
        }
        catch (TimeoutException)
        {
            return PublishResult.Unavailable;
        }
        finally
        {
            Interlocked.Add(ref _inFlightBytes, -bytes);
        }
    }

    private void SignalFilled()
    {
        try
        {
            _filled.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another request has signalled meanwhile, which does for both.
        }
    }

    private void Place(IngestBatch batch, string tenant, PendingRequest request)
    {
        foreach (var span in batch.Spans)
        {
            var partition = TracePartition.Of(span.TraceId, _partitionCount);
            var record = Open(tenant, partition);
            if (record.SpanCount > 0 && record.LengthBytes + span.Length > _options.MaxRecordBytes)
            {
                Send(record);
                record = Open(tenant, partition);
            }

            record.Add(request, batch, span);
        }
    }

    private OpenRecord Open(string tenant, int partition)
    {
        if (!_open.TryGetValue((tenant, partition), out var record))
            _open[(tenant, partition)] = record = new OpenRecord(tenant, new TopicPartition(Topics.Spans, partition)) { Answered = OnAnswered };
        return record;
    }

    private void Flush()
    {
        long bytes = 0;
        var records = _open.Values.ToList();
        foreach (var record in records)
        {
            bytes += record.LengthBytes;
            Send(record);
        }

        _linger.OnFlushed(records.Count, bytes);
    }

    private void Send(OpenRecord record)
    {
        _open.Remove((record.Tenant, record.Partition.Partition));
        var value = record.Seal(_writer, _framing);
        _metrics.RecordBytes.Observe(value.Length);
        var failure = _producer.Append(record.Partition, record.Key, value, [], record);
        if (failure != AppendFailure.None)
            OnAnswered(record, new AppendResult(record.Partition, -1, failure, "refused at once"));
    }

    private void OnAnswered(OpenRecord record, AppendResult result)
    {
        if (result.Succeeded)
            _metrics.Published.Inc(record.SpanCount);
        else
            _events.RecordNotTaken(result, record.SpanCount);
        record.Complete(result.Failure switch
        {
            AppendFailure.None => PublishResult.Acknowledged,
            AppendFailure.QueueFull => PublishResult.Busy,
            _ => PublishResult.Unavailable,
        });
        record.Dispose();
    }
}
