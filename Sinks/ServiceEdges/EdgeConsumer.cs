using Microsoft.Extensions.Options;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Hosting;
using Pipeline.Shared.Messaging;
using Pipeline.Sinks.Consume;
using Pipeline.Sinks.Diagnostics;

namespace Pipeline.Sinks.ServiceEdges;

/// <summary>
/// Adds edge deltas to the totals of their series and commits both, totals and offsets, in one transaction, so that scraped counters are exact over crashes and
/// rebalances. Only committed totals are shown. A partition is paused until what earlier owners committed is loaded. All state belongs to the consuming thread.
/// </summary>
internal sealed class EdgeConsumer(IRecordLog log, RecordFraming framing, EdgeExposition exposition, SupervisedLoop loop, IOptions<SinksOptions> options, SinkEvents events, SinkMetrics metrics,
    StageHealth health, TimeProvider time) : BackgroundService, IAssignmentListener
{
    public const string Stage = "service-edges";

    private const int MaxFencedInARow = 5;
    // Deltas are small against what they become: a step that took in this much is committed at once.
    private const long MaxStepBytes = 4 << 20;
    private static readonly TimeSpan MaxPoll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LoadRetryInterval = TimeSpan.FromMilliseconds(500);

    private readonly SinksOptions _options = options.Value;
    private readonly EdgeStateReader _stateReader = new(log, framing, time);
    private readonly EdgeTransaction _transaction = new(log, framing, options.Value.InstanceId + "-edges");
    private readonly StepClock _clock = new(options.Value.EdgeStepInterval, time);

    // State of the consuming thread: partitions by number, null until their totals are loaded.
    private readonly Dictionary<int, EdgePartition?> _partitions = [];
    private IRecordConsumer? _consumer;
    private long _stepBytes;
    private long? _loadFailedAt;
    private int _fencedInARow;
    private bool _isBlocked;
    private bool _isStopping;

    IReadOnlyList<PartitionOffset> IAssignmentListener.OnAssigned(IReadOnlyList<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
            _partitions[partition.Partition] = null;
        events.PartitionsAssigned(Topics.ServiceEdges, partitions.Select(p => p.Partition));
        ReportHealth();
        return [];
    }

    void IAssignmentListener.OnRevoked(IReadOnlyList<TopicPartition> partitions)
    {
        // The last chance to commit what came in; what cannot be committed now is added up again by the next owner.
        TryCommit();
        Forget(partitions);
        events.PartitionsRevoked(Topics.ServiceEdges, partitions.Select(p => p.Partition));
    }

    void IAssignmentListener.OnLost(IReadOnlyList<TopicPartition> partitions)
    {
        Forget(partitions);
        events.PartitionsLost(Topics.ServiceEdges, partitions.Select(p => p.Partition));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _transaction.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => loop.RunAsync(Stage, Consume, stoppingToken);

    private void Consume(CancellationToken stopping)
    {
        health.ReportWaiting(Stage, "joining the group " + _options.EdgeGroup);
        try
        {
            using var consumer = _consumer = log.CreateConsumer(new ConsumerSettings { Group = _options.EdgeGroup, InstanceId = _options.InstanceId, SessionTimeout = _options.SessionTimeout });
            consumer.Subscribe([Topics.ServiceEdges], this);
            while (!stopping.IsCancellationRequested)
                Turn(stopping);
            _isStopping = true;
            Finish();
        }
        finally
        {
            ForgetAll();
        }
    }

    private void Turn(CancellationToken cancellation)
    {
        var wait = _clock.Remaining < MaxPoll ? _clock.Remaining : MaxPoll;
        Handle(_consumer!.Poll(_partitions.ContainsValue(null) && _loadFailedAt is null ? TimeSpan.Zero : wait));
        if (_partitions.ContainsValue(null))
            LoadNew(cancellation);
        if (_clock.Remaining == TimeSpan.Zero || (_stepBytes >= MaxStepBytes && !_isBlocked))
            TryCommit();
    }

    private void Handle(in PollResult result)
    {
        switch (result.Outcome)
        {
            case PollOutcome.Record:
                Apply(result.Record!);
                break;
            case PollOutcome.EndOfPartition when Find(result.Partition.Partition) is { } partition:
                // Control records leave gaps; without this the group would seem to lag for ever.
                partition.Position = Math.Max(partition.Position, result.Offset);
                metrics.ShowLag(Topics.ServiceEdges, partition.Partition, 0);
                break;
            case PollOutcome.OffsetsLost:
                events.OffsetsLost(Topics.ServiceEdges, result.Partition.ToString(), result.LostFrom, result.Offset);
                break;
            case PollOutcome.Trouble:
                events.LogTrouble(result.Detail ?? "no detail");
                break;
        }
    }

    private void Apply(Record record)
    {
        // What came before the state was loaded comes again.
        if (Find(record.Partition.Partition) is not { } partition || record.Offset < partition.Position)
            return;
        try
        {
            var overflow = partition.OverflowCalls;
            metrics.LinksGivenUp.Inc(partition.Apply(EdgeDeltas.Read(framing.Unframe(record.Value, RecordSchema.EdgeDeltas)), record.TimestampMs));
            metrics.EdgeSeriesOverflow.Inc(partition.OverflowCalls - overflow);
            if (overflow == 0 && partition.OverflowCalls > 0)
                events.TooManySeries(partition.Partition, _options.MaxSeriesPerPartition);
        }
        catch (EncodingException exception)
        {
            // The numbers of one step are missing until the letter is put back; the spans are not.
            events.RecordUnreadable(Topics.ServiceEdges, record.Partition.ToString(), record.Offset, exception.Message);
            partition.Bury(record, exception.Message);
        }

        partition.Position = record.Offset + 1;
        _stepBytes += record.Value?.Length ?? 0;
        metrics.ShowLag(Topics.ServiceEdges, partition.Partition, (time.GetUtcNow().ToUnixTimeMilliseconds() - record.TimestampMs) / 1000.0);
    }

    private void LoadNew(CancellationToken cancellation)
    {
        var numbers = _partitions.Where(p => p.Value is null).Select(p => p.Key).ToList();
        _consumer!.Pause([.. numbers.Select(Topic)]);
        if (_loadFailedAt is { } at && time.GetElapsedTime(at) < LoadRetryInterval)
            return;
        try
        {
            foreach (var number in numbers)
                Load(number, cancellation);
            _loadFailedAt = null;
        }
        catch (LogUnavailableException exception)
        {
            events.EdgeTakeOverDelayed(exception.Message);
            _loadFailedAt = time.GetTimestamp();
        }

        ReportHealth();
    }

    private void Load(int number, CancellationToken cancellation)
    {
        var partition = new EdgePartition(number, _options.MaxSeriesPerPartition, _options.LinkWait, _options.MaxWaitingLinksPerPartition);
        // Once the offset is stable, what was committed with it is what the state holds.
        var committed = _consumer!.Committed(Topic(number), AnswerTimeout);
        _stateReader.Load(partition, cancellation);
        partition.Position = partition.CommittedPosition = committed ?? _consumer.QueryRange(Topic(number), AnswerTimeout).Start;
        _consumer.Seek(new PartitionOffset(Topic(number), partition.Position));
        if (!_isBlocked)
            _consumer.Resume([Topic(number)]);
        _partitions[number] = partition;
        Show(partition, partition.Totals);
        events.EdgePartitionTakenOver(number, partition.SeriesCount, partition.Position);
    }

    private void TryCommit()
    {
        var loaded = _partitions.Values.OfType<EdgePartition>().ToList();
        if (!loaded.Exists(p => p.HasWork))
        {
            _clock.OnCommitted();
            return;
        }

        try
        {
            _transaction.Commit(loaded, _consumer!.Membership);
            OnCommitted(loaded);
        }
        catch (TransactionAbortedException exception)
        {
            _clock.OnAborted();
            events.EdgeStepAborted(_clock.AbortCount, exception.Message);
            Block(exception.Message);
        }
        catch (Exception exception) when (exception is ProducerFencedException or LogUnavailableException)
        {
            Reload(exception);
        }
    }

    private void OnCommitted(List<EdgePartition> loaded)
    {
        _clock.OnCommitted();
        metrics.EdgeStepsCommitted.Inc();
        (_fencedInARow, _stepBytes) = (0, 0);
        foreach (var partition in loaded)
        {
            Show(partition, partition.ChangedTotals);
            partition.OnCommitted();
        }

        if (!_isBlocked)
            return;
        _isBlocked = false;
        _consumer!.Resume([.. loaded.Select(p => Topic(p.Partition))]);
        ReportHealth();
    }

    // What came in is kept and sent again; nothing more is read until then.
    private void Block(string why)
    {
        if (!_isBlocked)
            _consumer!.Pause([.. _partitions.Keys.Select(Topic)]);
        _isBlocked = true;
        health.ReportWaiting(Stage, "totals cannot be committed: " + why);
    }

    // Whether the last step is committed is not known any more: what was held is given up, and the log is asked.
    private void Reload(Exception exception)
    {
        events.ProducerFenced(exception.Message);
        if (++_fencedInARow > MaxFencedInARow)
            throw new InvalidOperationException($"The transactional producer '{_options.InstanceId}-edges' was refused {_fencedInARow} times in a row: "
                + "is another instance running under the same Sinks:InstanceId?", exception);
        _clock.OnAborted();
        (_isBlocked, _stepBytes) = (false, 0);
        foreach (var number in _partitions.Keys.ToList())
            _partitions[number] = null;
        ReportHealth();
    }

    private void Finish()
    {
        var begin = time.GetTimestamp();
        while (_options.DrainOnShutdown && HasMore())
        {
            if (time.GetElapsedTime(begin) > _options.HandOverTimeout)
            {
                events.NotDrained(Stage, _options.HandOverTimeout);
                break;
            }

            Turn(CancellationToken.None);
        }

        TryCommit();
    }

    // Joined links come back as deltas, so a step may bring more.
    private bool HasMore() => _partitions.Any(p => p.Value is null || p.Value.HasWork || _consumer!.QueryRange(Topic(p.Key), AnswerTimeout).CommittedEnd > p.Value.Position);

    private void Show(EdgePartition partition, IEnumerable<EdgeTotals> totals)
    {
        exposition.Show(partition.Partition, totals);
        metrics.ShowSeries(partition.Partition, partition.SeriesCount);
    }

    private void ForgetAll()
    {
        Forget([.. _partitions.Keys.Select(Topic)]);
        _transaction.Discard();
        (_consumer, _isBlocked, _loadFailedAt, _stepBytes) = (null, false, null, 0);
    }

    private void Forget(IReadOnlyList<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            _partitions.Remove(partition.Partition);
            metrics.ForgetPartition(Topics.ServiceEdges, partition.Partition);
            // At the end of the process the last totals stay until they are written as dependencies.
            if (!_isStopping)
                exposition.Hide(partition.Partition);
        }
    }

    private void ReportHealth()
    {
        var missing = _partitions.Values.Count(p => p is null);
        if (missing == 0)
            health.ReportReady(Stage);
        else
            health.ReportWaiting(Stage, $"loading the totals of {missing} of {_partitions.Count} partitions");
    }

    private EdgePartition? Find(int partition) => _partitions.GetValueOrDefault(partition);

    private static TopicPartition Topic(int partition) => new(Topics.ServiceEdges, partition);
}
