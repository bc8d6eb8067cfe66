using Microsoft.Extensions.Options;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Hosting;
using Pipeline.Shared.Messaging;
using Pipeline.Sinks.Diagnostics;
using Pipeline.Sinks.Store;

namespace Pipeline.Sinks.Consume;

/// <summary>
/// Reads kept traces and hands them to the store in batches, one batch being written while the next one fills. Offsets are committed only when everything below
/// them has a final verdict. While the store is away the partitions are paused and polling goes on, so that the member keeps its place.
/// </summary>
internal sealed class TraceConsumer(IRecordLog log, RecordFraming framing, StoreSink sink, BatchSchedule schedule, IOptions<SinksOptions> options, SinkEvents events, SinkMetrics metrics,
    StageHealth health, IHostApplicationLifetime lifetime, TimeProvider time) : BackgroundService, IAssignmentListener
{
    private const string Stage = "traces";
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RevokeTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RangeTimeout = TimeSpan.FromSeconds(5);

    private readonly SinksOptions _options = options.Value;

    // All of the consuming thread.
    private readonly HashSet<TopicPartition> _owned = [];
    private IRecordConsumer? _consumer;
    private TraceBatch _filling = new();
    private long _fillingSince;
    private TraceBatch? _writing;
    private Task? _write;
    private bool _isPaused;

    IReadOnlyList<PartitionOffset> IAssignmentListener.OnAssigned(IReadOnlyList<TopicPartition> partitions)
    {
        _owned.UnionWith(partitions);
        events.PartitionsAssigned(Topics.Traces, partitions.Count);
        health.ReportReady(Stage);
        return [];
    }

    void IAssignmentListener.OnRevoked(IReadOnlyList<TopicPartition> partitions)
    {
        // What is being written is finished if the store lets it; the rest the next owner reads again, and the store absorbs what it holds already.
        if (_write is not null && Task.WaitAny([_write], RevokeTimeout) == 0)
            CompleteWrite();
        Forget(partitions);
        events.PartitionsRevoked(Topics.Traces, partitions.Count);
    }

    void IAssignmentListener.OnLost(IReadOnlyList<TopicPartition> partitions)
    {
        Forget(partitions);
        events.PartitionsLost(Topics.Traces, partitions.Count);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.Factory.StartNew(() => Run(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(CancellationToken stopping)
    {
        try
        {
            health.ReportWaiting(Stage, "joining the group " + _options.Group);
            Consume(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopping while the store was away: what is not committed is read again.
        }
        catch (Exception exception)
        {
            events.ConsumerFailed(Topics.Traces, exception);
            health.ReportFailed(Stage, exception.Message);
            lifetime.StopApplication();
        }
    }

    private void Consume(CancellationToken stopping)
    {
        sink.PrepareAsync(stopping).GetAwaiter().GetResult();
        using var consumer = _consumer = log.CreateConsumer(new ConsumerSettings { Group = _options.Group, InstanceId = _options.InstanceId, SessionTimeout = _options.SessionTimeout });
        consumer.Subscribe([Topics.Traces], this);
        while (!stopping.IsCancellationRequested)
            Turn(stopping);
        Drain();
    }

    private void Turn(CancellationToken cancellation)
    {
        Handle(_consumer!.Poll(PollTimeout));
        if (_write is { IsCompleted: true })
            CompleteWrite();
        if (_write is null && schedule.IsDue(_filling, time.GetElapsedTime(_fillingSince)))
            BeginWrite(cancellation);
        SetPaused(_write is not null && schedule.IsFull(_filling));
    }

    private void Handle(in PollResult result)
    {
        switch (result.Outcome)
        {
            case PollOutcome.Record when _owned.Contains(result.Record!.Partition):
                Take(result.Record!);
                break;
            case PollOutcome.OffsetsLost:
                events.OffsetsLost(result.Partition.ToString(), result.LostFrom, result.Offset);
                break;
            case PollOutcome.Trouble:
                events.LogTrouble(result.Detail ?? "no detail");
                break;
        }
    }

    private void Take(Record record)
    {
        if (_filling.IsEmpty)
            _fillingSince = time.GetTimestamp();
        try
        {
            var trace = KeptTraceReader.Read(framing.Unframe(record.Value, RecordSchema.KeptTrace));
            _filling.Add(record, trace);
            metrics.Consumed.Inc(trace.Spans.Count);
        }
        catch (EncodingException exception)
        {
            events.RecordUnreadable(record.Partition.ToString(), record.Offset, exception.Message);
            _filling.AddUnreadable(record, exception.Message);
        }
    }

    private void BeginWrite(CancellationToken cancellation)
    {
        (_writing, _filling) = (_filling, new TraceBatch());
        metrics.InFlight.Set(_writing.SpanCount);
        var batch = _writing;
        _write = Task.Run(() => sink.WriteAsync(batch, cancellation), CancellationToken.None);
    }

    private void CompleteWrite()
    {
        _write!.GetAwaiter().GetResult();
        var ends = _writing!.Ends.Where(e => _owned.Contains(e.Partition)).ToList();
        (_write, _writing) = (null, null);
        metrics.InFlight.Set(0);
        try
        {
            _consumer!.Commit(ends);
        }
        catch (LogUnavailableException exception)
        {
            // It is stored; without the commit it will be read again, and the store absorbs it.
            events.CommitFailed(exception.Message);
        }
    }

    private void SetPaused(bool paused)
    {
        if (paused == _isPaused || _owned.Count == 0)
            return;
        _isPaused = paused;
        if (paused)
            _consumer!.Pause(_owned);
        else
            _consumer!.Resume(_owned);
    }

    private void Forget(IReadOnlyList<TopicPartition> partitions)
    {
        _owned.ExceptWith(partitions);
        // A batch mixes partitions: it is read again as a whole where one of them is gone.
        var kept = _filling.Ends.Where(e => _owned.Contains(e.Partition)).ToList();
        if (kept.Count == _filling.Ends.Count)
            return;
        _filling = new TraceBatch();
        foreach (var end in kept)
            _consumer!.Seek(new PartitionOffset(end.Partition, _consumer.Committed(end.Partition, RangeTimeout) ?? -2));
    }

    // Finishes what is in hand, and in a log that dies with the process what is still to come.
    private void Drain()
    {
        var begin = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(RevokeTimeout, time);
        while (time.GetElapsedTime(begin) < RevokeTimeout && (_write is not null || !_filling.IsEmpty || !IsAtEnd()))
            Turn(deadline.Token);
    }

    private bool IsAtEnd() => !_options.DrainOnShutdown || _owned.All(p => _consumer!.Position(p) is var position && (position < 0 || position >= _consumer.QueryRange(p, RangeTimeout).CommittedEnd));
}
