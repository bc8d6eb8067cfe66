using Microsoft.Extensions.Options;
using Pipeline.Aggregator.Assemble;
using Pipeline.Aggregator.Decide;
using Pipeline.Aggregator.Diagnostics;
using Pipeline.Aggregator.Emit;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Hosting;
using Pipeline.Shared.Messaging;

namespace Pipeline.Aggregator.Consume;

/// <summary>
/// The aggregator's one loop: polls spans, lets the shards assemble and decide, and commits a step transaction every so often. All state belongs to its thread.
/// A partition is paused until its take-over is complete; all are paused while a step cannot be committed.
/// </summary>
internal sealed class SpanConsumer : BackgroundService, IAssignmentListener
{
    public const string Stage = "aggregator";

    private const int MaxFencedInARow = 5;
    private static readonly TimeSpan MaxPoll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RangeTimeout = TimeSpan.FromSeconds(2);

    // What it is made of.
    private readonly IRecordLog _log;
    private readonly RecordFraming _framing;
    private readonly AggregatorOptions _options;
    private readonly int _partitionCount;
    private readonly TimeSpan _lateHorizon;
    private readonly AggregatorEvents _events;
    private readonly AggregatorMetrics _metrics;
    private readonly StageHealth _health;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly TimeProvider _time;
    private readonly TailSampler _sampler;
    private readonly AssemblyLimits _limits;

    // State, all of the consuming thread.
    private readonly PartitionOwners _owners;
    private readonly MemoryBudget _budget;
    private readonly KeptTraceEncoder _encoder;
    private readonly StepTransaction _step;
    private readonly StepClock _clock;
    private readonly List<TopicPartition> _toPause = [];
    private IRecordConsumer? _consumer;
    private int _fencedInARow;
    private bool _isBlocked;

    public SpanConsumer(IRecordLog log, RecordFraming framing, IOptions<AggregatorOptions> options, IOptions<TopicsOptions> topics, AggregatorEvents events,
        AggregatorMetrics metrics, StageHealth health, IHostApplicationLifetime lifetime, TimeProvider time)
    {
        (_log, _framing, _options, _events, _metrics, _health, _lifetime, _time) = (log, framing, options.Value, events, metrics, health, lifetime, time);
        (_partitionCount, _lateHorizon) = (topics.Value.PartitionCount, topics.Value.LateHorizon);
        _sampler = TailSampler.From(_options.Rules);
        _limits = AssemblyLimits.From(_options);
        _owners = new PartitionOwners(metrics);
        _budget = new MemoryBudget(_options.MemoryBytes);
        _encoder = new KeptTraceEncoder(framing);
        _step = new StepTransaction(log, framing, _options.InstanceId);
        _clock = new StepClock(_options.StepInterval, time);
    }

    IReadOnlyList<PartitionOffset> IAssignmentListener.OnAssigned(IReadOnlyList<TopicPartition> partitions)
    {
        if (partitions.FirstOrDefault(p => p.Partition >= _partitionCount) is { Topic: not null } extra)
            throw new InvalidOperationException($"{extra} exists, but {_partitionCount} partitions are configured (Topics:PartitionCount): the topic has grown, and open traces may be split. "
                + "Stop all processes, set the partition count that is there, and start them again.");
        _events.PartitionsAssigned([.. partitions.Select(p => p.Partition)]);
        _owners.Add(partitions);
        _toPause.AddRange(partitions);
        ReportHealth();
        return [];
    }

    void IAssignmentListener.OnRevoked(IReadOnlyList<TopicPartition> partitions)
    {
        // The last chance to commit what these partitions have decided; what cannot be committed now is decided again by the next owner.
        TryCommit();
        _owners.Remove(partitions);
        _events.PartitionsRevoked([.. partitions.Select(p => p.Partition)]);
        ReportHealth();
    }

    void IAssignmentListener.OnLost(IReadOnlyList<TopicPartition> partitions)
    {
        _owners.Remove(partitions);
        _events.PartitionsLost([.. partitions.Select(p => p.Partition)]);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.Factory.StartNew(() => Run(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(CancellationToken stopping)
    {
        try
        {
            _health.ReportWaiting(Stage, "joining the group " + _options.Group);
            Consume(stopping);
        }
        catch (Exception exception)
        {
            _events.ConsumerFailed(exception);
            _health.ReportFailed(Stage, exception.Message);
            _lifetime.StopApplication();
        }
        finally
        {
            _step.Dispose();
            _encoder.Dispose();
        }
    }

    private void Consume(CancellationToken stopping)
    {
        var takeOver = new TakeOver(new DecisionLog(_log, _framing, _lateHorizon, _time), _events, _time);
        using var consumer = _consumer = _log.CreateConsumer(new ConsumerSettings
        {
            Group = _options.Group,
            InstanceId = _options.InstanceId,
            SessionTimeout = _options.SessionTimeout,
        });
        consumer.Subscribe([Topics.Spans], this);
        while (!stopping.IsCancellationRequested)
            Turn(takeOver, stopping);
        Finish();
        // Leaving the group revokes what is left; by then there is nothing more to commit.
        _owners.ForgetAll();
    }

    private void Turn(TakeOver takeOver, CancellationToken stopping)
    {
        var remaining = _clock.Remaining;
        Handle(_consumer!.Poll(remaining < MaxPoll ? remaining : MaxPoll));
        if (_toPause.Count > 0)
            PauseNew();
        foreach (var (owner, start) in takeOver.Advance(_owners, _consumer, stopping))
            Begin(owner, start);
        foreach (var owner in _owners.All)
            owner.AdvanceIdle(_time);
        if (_clock.Remaining == TimeSpan.Zero || (!_isBlocked && OutputBytes() >= _options.StepBytes))
            TryCommit();
    }

    private void Handle(in PollResult result)
    {
        switch (result.Outcome)
        {
            case PollOutcome.Record:
                Apply(result.Record!);
                break;
            case PollOutcome.EndOfPartition:
                _owners.Find(result.Partition.Partition)?.OnEndOfPartition(result.Offset, _time.GetTimestamp());
                break;
            case PollOutcome.OffsetsLost:
                _events.OffsetsLost(result.Partition.ToString(), result.LostFrom, result.Offset);
                _owners.Find(result.Partition.Partition)?.Shard?.SkipLost(result.Offset);
                break;
            case PollOutcome.Trouble:
                _events.LogTrouble(result.Detail ?? "no detail");
                break;
        }
    }

    private void Apply(Record record)
    {
        // A partition that is still being taken over may have brought records before its pause took hold: they come again.
        if (_owners.Find(record.Partition.Partition) is not { Shard: { } shard } owner || record.Offset < shard.Position)
            return;
        owner.OnRecord();
        try
        {
            shard.Apply(record.Offset, record.TimestampMs, _framing.Unframe(record.Value, RecordSchema.SpanBatch).Span);
        }
        catch (EncodingException exception)
        {
            _events.RecordUnreadable(record.Partition.ToString(), record.Offset, exception.Message);
            shard.PassOver(new UnreadableRecord(record, exception.Message));
        }
    }

    private void PauseNew()
    {
        var waiting = _toPause.Where(p => _owners.Find(p.Partition) is { Shard: null }).ToList();
        _consumer!.Pause(waiting);
        _toPause.Clear();
    }

    private void Begin(PartitionOwner owner, ShardStart start)
    {
        // The partition may have gone, or gone and come back, while it was being read.
        if (!ReferenceEquals(_owners.Find(owner.Partition), owner))
            return;
        var cache = new DecisionCache(_lateHorizon, Math.Max(100, _options.MaxRememberedDecisions / _partitionCount));
        owner.Own(new TraceShard(owner.Partition, start, _limits, _sampler, cache, _budget, _encoder));
        var partition = new TopicPartition(Topics.Spans, owner.Partition);
        _consumer!.Seek(new PartitionOffset(partition, start.Watermark));
        if (!_isBlocked)
            _consumer.Resume([partition]);
        _events.PartitionTakenOver(owner.Partition, start.Watermark, start.Position, start.Decisions.Count);
        _metrics.ShowCommitted(owner.Shard!);
        ReportHealth();
    }

    private void TryCommit()
    {
        var shards = _owners.Committable;
        if (!shards.Any(s => s.HasWork))
        {
            _clock.OnCommitted();
            ShowLag();
            return;
        }

        var begin = _time.GetTimestamp();
        try
        {
            _step.Commit(shards, _consumer!.Membership);
            _metrics.StepSeconds.Observe(_time.GetElapsedTime(begin).TotalSeconds);
            OnCommitted(shards);
        }
        catch (TransactionAbortedException exception)
        {
            _clock.OnAborted();
            _events.StepAborted(exception.Message, _clock.AbortCount);
            Block(exception.Message);
        }
        catch (Exception exception) when (exception is ProducerFencedException or LogUnavailableException)
        {
            OnFenced(exception);
        }
    }

    private void OnCommitted(IReadOnlyList<TraceShard> shards)
    {
        _clock.OnCommitted();
        _fencedInARow = 0;
        _metrics.StepsCommitted.Inc();
        _metrics.MemoryBytes.Set(_budget.UsedBytes);
        foreach (var shard in shards)
        {
            _metrics.CountDecisions(shard);
            shard.OnCommitted();
            _metrics.ShowCommitted(shard);
        }

        ShowLag();
        Unblock();
    }

    // Whether the last step is committed is not known any more: what was held is given up, and the log is asked.
    private void OnFenced(Exception exception)
    {
        _events.ProducerFenced(exception.Message);
        if (exception is ProducerFencedException && ++_fencedInARow > MaxFencedInARow)
            throw new InvalidOperationException($"The transactional producer '{_options.InstanceId}' was refused {_fencedInARow} times in a row: "
                + "is another instance running under the same Aggregator:InstanceId?", exception);
        _clock.OnAborted();
        _owners.ForgetAll();
        _consumer!.Pause([.. _owners.All.Select(o => new TopicPartition(Topics.Spans, o.Partition))]);
        _isBlocked = false;
        _health.ReportWaiting(Stage, "taking all partitions over afresh: " + exception.Message);
    }

    private void Block(string why)
    {
        if (_isBlocked)
            return;
        _isBlocked = true;
        _consumer!.Pause([.. _owners.Shards.Select(s => new TopicPartition(Topics.Spans, s.Partition))]);
        _health.ReportWaiting(Stage, "a step cannot be committed: " + why);
    }

    private void Unblock()
    {
        if (!_isBlocked)
            return;
        _isBlocked = false;
        _consumer!.Resume([.. _owners.Shards.Select(s => new TopicPartition(Topics.Spans, s.Partition))]);
        ReportHealth();
    }

    private void Finish()
    {
        if (_options.DecideOpenOnShutdown)
            DecideOpen();
        TryCommit();
    }

    // The log dies with the process: read it to its end, and decide what is open.
    private void DecideOpen()
    {
        var begin = _time.GetTimestamp();
        while (_time.GetElapsedTime(begin) < _options.DecisionWait + MaxPoll * 50 && !_owners.All.All(IsAtEnd))
        {
            Handle(_consumer!.Poll(MaxPoll));
            if (OutputBytes() >= _options.StepBytes)
                TryCommit();
        }

        _events.OpenTracesDecided(_owners.Shards.Sum(s => s.PendingTraceCount));
        foreach (var shard in _owners.Shards)
            shard.DecideAll(DecisionReason.Shutdown);
    }

    private bool IsAtEnd(PartitionOwner owner) =>
        owner.Shard is { } shard && _consumer!.QueryRange(new TopicPartition(Topics.Spans, owner.Partition), RangeTimeout).CommittedEnd <= shard.Position;

    private long OutputBytes() => _owners.All.Sum(o => o.Shard?.Output.LengthBytes ?? 0);

    private void ShowLag()
    {
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var owner in _owners.All.Where(o => o.Shard is not null))
            _metrics.ShowLag(owner.Partition, owner.IsAtEnd || owner.Shard!.StreamTimeMs == 0 ? 0 : Math.Max(0, now - owner.Shard.StreamTimeMs) / 1000.0);
    }

    private void ReportHealth()
    {
        var missing = _owners.All.Count(o => o.Shard is null);
        if (missing == 0)
            _health.ReportReady(Stage);
        else
            _health.ReportWaiting(Stage, $"taking over {missing} of {_owners.All.Count} partitions");
    }
}
