using Microsoft.Extensions.Options;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Hosting;
using Pipeline.Shared.Messaging;
using Pipeline.Sinks.Diagnostics;
using Pipeline.Sinks.Store;

namespace Pipeline.Sinks.Consume;

/// <summary>
/// Reads kept traces and has them stored, at least once: offsets are committed only up to the first record without a verdict, and the store recognises what comes again.
/// One batch is written while the next one gathers; when both are full, reading pauses, and polling goes on, which keeps the place in the group. All state belongs to the
/// consuming thread.
/// </summary>
internal sealed class TraceConsumer : BackgroundService, IAssignmentListener
{
    public const string Stage = "traces";

    private static readonly TimeSpan MaxPoll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WritingPoll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan BlockedPoll = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan RangeTimeout = TimeSpan.FromSeconds(2);

    // What it is made of.
    private readonly IRecordLog _log;
    private readonly RecordFraming _framing;
    private readonly SinksOptions _options;
    private readonly TraceBatchWriter _writer;
    private readonly StorePreparation _preparation;
    private readonly SupervisedLoop _loop;
    private readonly SinkEvents _events;
    private readonly SinkMetrics _metrics;
    private readonly StageHealth _health;
    private readonly TimeProvider _time;

    // State, all of the consuming thread.
    private readonly Dictionary<TopicPartition, OwnedPartition> _owned = [];
    private readonly BatchSchedule _schedule;
    private List<TakenRecord> _gathering = [];
    private List<TakenRecord> _inWriting = [];
    private Task? _writing;
    private CancellationTokenSource _abandon = new();
    private IRecordConsumer? _consumer;
    private bool _isPaused;
    private bool _hasNewPartitions;

    public TraceConsumer(IRecordLog log, RecordFraming framing, IOptions<SinksOptions> options, TraceBatchWriter writer, StorePreparation preparation,
        SupervisedLoop loop, SinkEvents events, SinkMetrics metrics, StageHealth health, TimeProvider time)
    {
        (_log, _framing, _options, _writer, _preparation, _loop) = (log, framing, options.Value, writer, preparation, loop);
        (_events, _metrics, _health, _time) = (events, metrics, health, time);
        _schedule = new BatchSchedule(_options.BatchSpans, _options.BatchBytes, _options.BatchInterval, time);
    }

    IReadOnlyList<PartitionOffset> IAssignmentListener.OnAssigned(IReadOnlyList<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
            _owned[partition] = new OwnedPartition();
        _hasNewPartitions = true;
        _events.PartitionsAssigned(Topics.Traces, partitions.Select(p => p.Partition));
        return [];
    }

    void IAssignmentListener.OnRevoked(IReadOnlyList<TopicPartition> partitions)
    {
        if (_inWriting.Exists(r => partitions.Contains(r.Record.Partition)))
            AwaitWriting(_options.HandOverTimeout);
        Commit();
        Forget(partitions);
        _events.PartitionsRevoked(Topics.Traces, partitions.Select(p => p.Partition));
    }

    void IAssignmentListener.OnLost(IReadOnlyList<TopicPartition> partitions)
    {
        Forget(partitions);
        _events.PartitionsLost(Topics.Traces, partitions.Select(p => p.Partition));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _abandon.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _health.ReportWaiting(Stage, "waiting for the store");
        await _preparation.Completed.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_preparation.Completed.IsCompletedSuccessfully)
            await _loop.RunAsync(Stage, Consume, stoppingToken);
    }

    private void Consume(CancellationToken stopping)
    {
        _health.ReportWaiting(Stage, "joining the group " + _options.Group);
        _abandon = new CancellationTokenSource();
        try
        {
            using var consumer = _consumer = _log.CreateConsumer(new ConsumerSettings
            {
                Group = _options.Group,
                InstanceId = _options.InstanceId,
                SessionTimeout = _options.SessionTimeout,
            });
            consumer.Subscribe([Topics.Traces], this);
            while (!stopping.IsCancellationRequested)
                Turn();
            Finish();
        }
        finally
        {
            Abandon();
        }
    }

    private void Turn()
    {
        Handle(_consumer!.Poll(PollTime()));
        if (_writing is { IsCompleted: true })
            Complete();
        if (_writing is null && _schedule.IsDue)
            BeginWriting();
        Throttle();
    }

    private TimeSpan PollTime()
    {
        if (_writing is not null)
            return _schedule.IsDue ? BlockedPoll : WritingPoll;
        return _schedule.Remaining < MaxPoll ? _schedule.Remaining : MaxPoll;
    }

    private void Handle(in PollResult result)
    {
        switch (result.Outcome)
        {
            case PollOutcome.Record:
                Take(result.Record!);
                break;
            case PollOutcome.EndOfPartition when _owned.TryGetValue(result.Partition, out var owned):
                owned.IsAtEnd = true;
                owned.Watermark.SkipTo(result.Offset);
                _metrics.ShowLag(Topics.Traces, result.Partition.Partition, 0);
                if (owned.Watermark is { OpenCount: 0, Committable: not null })
                    Commit();
                break;
            case PollOutcome.OffsetsLost:
                _events.OffsetsLost(Topics.Traces, result.Partition.ToString(), result.LostFrom, result.Offset);
                break;
            case PollOutcome.Trouble:
                _events.LogTrouble(result.Detail ?? "no detail");
                break;
        }

        if (_owned.Count > 0)
            _health.ReportReady(Stage);
    }

    private void Take(Record record)
    {
        if (!_owned.TryGetValue(record.Partition, out var owned))
            return;
        owned.Watermark.Take(record.Offset);
        (owned.NewestMs, owned.IsAtEnd) = (record.TimestampMs, false);
        var taken = TakenRecord.Read(record, owned.Watermark, _framing);
        _gathering.Add(taken);
        _schedule.Add(taken.OpenSpanCount, taken.LengthBytes);
        _metrics.SpansConsumed.Inc(taken.OpenSpanCount);
        _metrics.SpansInFlight.Inc(taken.OpenSpanCount);
    }

    private void BeginWriting()
    {
        (_inWriting, _gathering) = (_gathering, _inWriting);
        _schedule.Restart();
        _metrics.BatchBytes.Set(_inWriting.Sum(r => (long)r.LengthBytes));
        var (records, abandon) = (_inWriting, _abandon.Token);
        _writing = Task.Run(() => _writer.WriteAsync(records, abandon), CancellationToken.None);
    }

    private void Complete()
    {
        var written = _writing!;
        _writing = null;
        if (_abandon.IsCancellationRequested && !written.IsCompletedSuccessfully)
        {
            GiveBack(_inWriting);
            return;
        }

        // What is thrown here stops the stage: a store that is away is waited for inside, so this is a defect.
        written.GetAwaiter().GetResult();
        foreach (var record in _inWriting)
            record.Watermark.Acknowledge(record.Record.Offset);
        _inWriting.Clear();
        Commit();
        ShowLag();
    }

    private void Commit()
    {
        var offsets = new List<PartitionOffset>();
        foreach (var (partition, owned) in _owned)
            if (owned.Watermark.Committable is { } offset)
                offsets.Add(new PartitionOffset(partition, offset));
        if (offsets.Count == 0)
            return;
        try
        {
            _consumer!.Commit(offsets);
            foreach (var offset in offsets)
                _owned[offset.Partition].Watermark.OnCommitted(offset.Offset);
        }
        catch (LogUnavailableException exception)
        {
            _events.OffsetsNotCommitted(exception.Message);
        }
    }

    // Bounded memory: no third batch.
    private void Throttle()
    {
        var isFull = _writing is not null && _schedule.IsFull;
        if (isFull && (!_isPaused || _hasNewPartitions))
            _consumer!.Pause([.. _owned.Keys]);
        else if (_isPaused && !isFull)
            _consumer!.Resume([.. _owned.Keys]);
        (_isPaused, _hasNewPartitions) = (isFull, false);
    }

    private void ShowLag()
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var (partition, owned) in _owned)
            _metrics.ShowLag(Topics.Traces, partition.Partition, owned.IsAtEnd || owned.NewestMs == 0 ? 0 : (now - owned.NewestMs) / 1000.0);
    }

    private void Finish()
    {
        if (_options.DrainOnShutdown)
            Drain();
        if (_writing is null && _gathering.Count > 0)
            BeginWriting();
        if (!AwaitWriting(_options.HandOverTimeout))
            _abandon.Cancel();
        else if (_gathering.Count > 0)
            Finish();
    }

    // The log dies with the process: what it still holds is stored before.
    private void Drain()
    {
        var begin = _time.GetTimestamp();
        while (_owned.Keys.Any(HasMore))
        {
            if (_time.GetElapsedTime(begin) > _options.HandOverTimeout)
            {
                _events.NotDrained(Stage, _options.HandOverTimeout);
                return;
            }

            Turn();
        }
    }

    private bool HasMore(TopicPartition partition) => _consumer!.QueryRange(partition, RangeTimeout).CommittedEnd > _consumer.Position(partition);

    // True when no batch is being written any more.
    private bool AwaitWriting(TimeSpan timeout)
    {
        if (_writing is null)
            return true;
        if (Task.WaitAny([_writing], timeout) < 0)
            return false;
        Complete();
        return true;
    }

    private void Forget(IReadOnlyList<TopicPartition> partitions)
    {
        var leaving = _gathering.Where(r => partitions.Contains(r.Record.Partition)).ToList();
        _gathering.RemoveAll(leaving.Contains);
        foreach (var record in leaving)
            _schedule.Remove(1, record.OpenSpanCount, record.LengthBytes);
        GiveBack(leaving);
        foreach (var partition in partitions)
        {
            _owned.Remove(partition);
            _metrics.ForgetPartition(Topics.Traces, partition.Partition);
        }
    }

    // Their offsets stay where they are: whoever owns the partitions next reads them again.
    private void GiveBack(List<TakenRecord> records)
    {
        var spans = records.Sum(r => r.OpenSpanCount);
        _metrics.SpansGivenBack.Inc(spans);
        _metrics.SpansInFlight.Dec(spans);
        if (records.Count > 0)
            _events.RecordsGivenBack(records.Count);
        records.Clear();
    }

    // The end of the loop, for whatever reason: nothing of it may go on beside the next one.
    private void Abandon()
    {
        _abandon.Cancel();
        if (_writing is not null)
            Task.WaitAny([_writing]);
        _writing = null;
        GiveBack(_inWriting);
        GiveBack(_gathering);
        _owned.Clear();
        _schedule.Restart();
        (_isPaused, _hasNewPartitions, _consumer) = (false, false, null);
        _abandon.Dispose();
    }
}
