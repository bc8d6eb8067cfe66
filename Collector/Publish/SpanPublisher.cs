using Microsoft.Extensions.Options;
using Pipeline.Collector.Diagnostics;
using Pipeline.Collector.Receive;
using Pipeline.Shared.Hosting;

namespace Pipeline.Collector.Publish;

/// <summary>
/// Puts accepted spans into the open record of their partition, which all requests in flight share, and sends the records when they are full or have waited long
/// enough: one tick for all of them. A request is answered when every record that holds its spans has been.
/// </summary>
internal sealed class SpanPublisher : BackgroundService
{
    private const string Stage = "collector";
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly RecordSender _sender;
    private readonly InFlightBytes _inFlight;
    private readonly CollectorOptions _options;
    private readonly CollectorMetrics _metrics;
    private readonly CollectorEvents _events;
    private readonly StageHealth _health;
    private readonly TimeProvider _time;
    private readonly AdaptiveLinger _linger;
    private readonly SemaphoreSlim _filled = new(0, 1);

    // Guarded by the gate.
    private readonly OpenRecords _open;
    private readonly Queue<PendingRequest> _pending = [];
    private bool _isFilled;
    private bool _isDraining;

    public SpanPublisher(RecordSender sender, InFlightBytes inFlight, IOptions<CollectorOptions> options, IOptions<TopicsOptions> topics, CollectorMetrics metrics,
        CollectorEvents events, StageHealth health, TimeProvider time)
    {
        (_sender, _inFlight, _options, _metrics, _events, _health, _time) = (sender, inFlight, options.Value, metrics, events, health, time);
        _linger = new AdaptiveLinger(_options.MinLinger, _options.MaxLinger);
        _open = new OpenRecords(topics.Value.PartitionCount, _options.MaxRecordBytes, sender);
    }

    /// <summary>Publishes a request's spans; the batch can be used again as soon as this returns, the task tells what became of them.</summary>
    public Task<PublishResult> PublishAsync(IngestBatch batch, string tenant)
    {
        if (batch.SpanCount == 0)
            return Task.FromResult(PublishResult.Acknowledged);
        if (!_inFlight.TryTake(batch.LengthBytes))
            return Task.FromResult(Refuse(PublishResult.Busy, batch.SpanCount));
        var request = new PendingRequest(_inFlight, batch.LengthBytes, _time.GetTimestamp());
        List<OpenRecord>? full = null;
        bool isFirst, isDraining;
        lock (_gate)
        {
            isDraining = _isDraining;
            isFirst = !isDraining && !_isFilled;
            _isFilled |= isFirst;
            if (!isDraining)
                Place(batch, tenant, request, ref full);
        }

        full?.ForEach(_sender.Send);
        if (isFirst)
            _filled.Release();
        request.OnDone(isDraining ? Refuse(PublishResult.Unavailable, batch.SpanCount) : PublishResult.Acknowledged);
        return request.Task;
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            _isDraining = true;
        Flush([]);
        var left = await Task.Run(() => _sender.Flush(FlushTimeout), cancellationToken);
        if (left > 0)
            _events.UnacknowledgedAtStop(left);
        AnswerOverdue(TimeSpan.Zero);
        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _filled.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _health.ReportReady(Stage);
        return Task.WhenAll(FlushInTimeAsync(stoppingToken), WatchAsync(stoppingToken));
    }

    private async Task FlushInTimeAsync(CancellationToken cancellation)
    {
        var taken = new List<OpenRecord>();
        try
        {
            while (true)
            {
                await _filled.WaitAsync(cancellation);
                await Task.Delay(_linger.Current, _time, cancellation);
                Flush(taken);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Stopping: StopAsync has sent what was open.
        }
    }

    private async Task WatchAsync(CancellationToken cancellation)
    {
        try
        {
            using var timer = new PeriodicTimer(WatchInterval, _time);
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                AnswerOverdue(_options.PublishTimeout);
                _sender.ReplaceBrokenProducer();
                _metrics.InFlightBytes.Set(_inFlight.Count);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private PublishResult Refuse(PublishResult result, int spanCount)
    {
        _metrics.CountNotTaken(result, spanCount);
        return result;
    }

    private void Place(IngestBatch batch, string tenant, PendingRequest request, ref List<OpenRecord>? full)
    {
        _open.Place(batch, tenant, request, ref full);
        while (_pending.TryPeek(out var oldest) && oldest.Task.IsCompleted)
            _pending.Dequeue();
        _pending.Enqueue(request);
    }

    private void Flush(List<OpenRecord> taken)
    {
        lock (_gate)
        {
            _open.TakeAll(taken);
            _isFilled = false;
        }

        long bytes = 0;
        foreach (var record in taken)
        {
            bytes += record.LengthBytes;
            _sender.Send(record);
        }

        _linger.OnFlushed(taken.Count, bytes);
        _metrics.LingerSeconds.Set(_linger.Current.TotalSeconds);
        taken.Clear();
    }

    // Requests wait equally long, so the oldest is overdue first.
    private void AnswerOverdue(TimeSpan after)
    {
        lock (_gate)
        {
            while (_pending.TryPeek(out var oldest) && (oldest.Task.IsCompleted || _time.GetElapsedTime(oldest.StartedAt) >= after))
                _pending.Dequeue().TrySetResult(PublishResult.Unavailable);
        }
    }
}
