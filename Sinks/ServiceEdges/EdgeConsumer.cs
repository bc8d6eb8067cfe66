using Microsoft.Extensions.Options;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Hosting;
using Pipeline.Shared.Messaging;
using Pipeline.Sinks.Diagnostics;

namespace Pipeline.Sinks.ServiceEdges;

/// <summary>
/// Adds edge deltas to the totals of their series and commits both, totals and offsets, in one transaction, so that scraped counters are exact over crashes and
/// rebalances. Only committed totals are shown. All state belongs to its thread.
/// </summary>
internal sealed class EdgeConsumer(IRecordLog log, RecordFraming framing, EdgeExposition exposition, IOptions<SinksOptions> options, SinkEvents events, SinkMetrics metrics, StageHealth health,
    IHostApplicationLifetime lifetime, TimeProvider time) : BackgroundService, IAssignmentListener
{
    private const string Stage = "service-edges";
    private const int MaxFencedInARow = 5;
    private static readonly TimeSpan PollTimeout = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan CommittedTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RangeTimeout = TimeSpan.FromSeconds(5);

    private readonly SinksOptions _options = options.Value;
    private readonly EdgeStateReader _stateReader = new(log, framing, time);
    private readonly EdgeTransaction _transaction = new(log, framing, options.Value.InstanceId + "-edges");
    private readonly Dictionary<int, EdgePartition?> _partitions = [];
    private IRecordConsumer? _consumer;
    private long _lastStep;
    private int _fencedInARow;

    IReadOnlyList<PartitionOffset> IAssignmentListener.OnAssigned(IReadOnlyList<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
            _partitions[partition.Partition] = null;
        events.PartitionsAssigned(Topics.ServiceEdges, partitions.Count);
        return [];
    }

    void IAssignmentListener.OnRevoked(IReadOnlyList<TopicPartition> partitions)
    {
        TryCommit();
        Forget(partitions);
        events.PartitionsRevoked(Topics.ServiceEdges, partitions.Count);
    }

    void IAssignmentListener.OnLost(IReadOnlyList<TopicPartition> partitions)
    {
        Forget(partitions);
        events.PartitionsLost(Topics.ServiceEdges, partitions.Count);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.Factory.StartNew(() => Run(stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(CancellationToken stopping)
    {
        try
        {
            health.ReportWaiting(Stage, "joining the group " + _options.EdgeGroup);
            Consume(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopping while the state was being loaded: nothing was taken in yet.
        }
        catch (Exception exception)
        {
            events.ConsumerFailed(Topics.ServiceEdges, exception);
            health.ReportFailed(Stage, exception.Message);
            lifetime.StopApplication();
        }
        finally
        {
            _transaction.Dispose();
        }
    }

    private void Consume(CancellationToken stopping)
    {
        using var consumer = _consumer = log.CreateConsumer(new ConsumerSettings { Group = _options.EdgeGroup, InstanceId = _options.InstanceId, SessionTimeout = _options.SessionTimeout });
        consumer.Subscribe([Topics.ServiceEdges], this);
        while (!stopping.IsCancellationRequested)
            Turn(stopping);
        Drain();
        TryCommit();
    }

    private void Turn(CancellationToken cancellation)
    {
        Handle(_consumer!.Poll(PollTimeout));
        foreach (var partition in _partitions.Where(p => p.Value is null).Select(p => p.Key).ToList())
            Load(partition, cancellation);
        if (time.GetElapsedTime(_lastStep) >= _options.EdgeStepInterval)
            TryCommit();
    }

    private void Handle(in PollResult result)
    {
        switch (result.Outcome)
        {
            case PollOutcome.Record:
                Apply(result.Record!);
                break;
            case PollOutcome.OffsetsLost:
                events.OffsetsLost(result.Partition.ToString(), result.LostFrom, result.Offset);
                break;
            case PollOutcome.Trouble:
                events.LogTrouble(result.Detail ?? "no detail");
                break;
        }
    }

    private void Apply(Record record)
    {
        // What came before the state was loaded comes again.
        if (!_partitions.TryGetValue(record.Partition.Partition, out var partition) || partition is null || record.Offset < partition.Position)
            return;
        try
        {
            var overflow = partition.OverflowCalls;
            var givenUp = partition.Apply(EdgeDeltas.Read(framing.Unframe(record.Value, RecordSchema.EdgeDeltas)), record.TimestampMs);
            metrics.LinksGivenUp.WithLabels("consumer").Inc(givenUp);
            metrics.EdgeSeriesOverflow.Inc(partition.OverflowCalls - overflow);
        }
        catch (EncodingException exception)
        {
            // The numbers of one step are lost; the spans are not.
            metrics.RecordsUnreadable.Inc();
            events.RecordUnreadable(record.Partition.ToString(), record.Offset, exception.Message);
        }

        partition.Position = record.Offset + 1;
    }

    private void Load(int number, CancellationToken cancellation)
    {
        var topic = new TopicPartition(Topics.ServiceEdges, number);
        var partition = new EdgePartition(number, _options.MaxSeriesPerPartition, _options.LinkWait, _options.MaxWaitingLinksPerPartition);
        try
        {
            // Once the offset is stable, what was committed with it is what the state holds.
            var committed = _consumer!.Committed(topic, CommittedTimeout);
            _stateReader.Load(partition, cancellation);
            partition.Position = partition.CommittedPosition = committed ?? _consumer.QueryRange(topic, RangeTimeout).Start;
            _consumer.Seek(new PartitionOffset(topic, partition.Position));
        }
        catch (LogUnavailableException exception)
        {
            events.EdgesReloaded(exception.Message);
            return;
        }

        _partitions[number] = partition;
        exposition.Show(number, partition.Totals);
        if (_partitions.Values.All(p => p is not null))
            health.ReportReady(Stage);
    }

    private void TryCommit()
    {
        _lastStep = time.GetTimestamp();
        var loaded = _partitions.Values.OfType<EdgePartition>().ToList();
        if (!loaded.Any(p => p.HasWork))
            return;
        try
        {
            _transaction.Commit(loaded, _consumer!.Membership);
            _fencedInARow = 0;
            foreach (var partition in loaded)
            {
                exposition.Show(partition.Partition, partition.ChangedTotals);
                partition.OnCommitted();
            }
        }
        catch (TransactionAbortedException exception)
        {
            events.EdgeStepAborted(exception.Message);
        }
        catch (ProducerFencedException exception)
        {
            Reload(exception);
        }
    }

    // Whether the last step is committed is not known any more: the log is asked.
    private void Reload(ProducerFencedException exception)
    {
        if (++_fencedInARow > MaxFencedInARow)
            throw new InvalidOperationException($"The transactional producer of the service edges was refused {_fencedInARow} times in a row: is another instance running under the same Sinks:InstanceId?", exception);
        events.EdgesReloaded(exception.Message);
        foreach (var number in _partitions.Keys.ToList())
            _partitions[number] = null;
    }

    private void Forget(IReadOnlyList<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            _partitions.Remove(partition.Partition);
            exposition.Hide(partition.Partition);
        }
    }

    private void Drain()
    {
        if (!_options.DrainOnShutdown)
            return;
        var begin = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(DrainTimeout, time);
        while (time.GetElapsedTime(begin) < DrainTimeout && _partitions.Values.OfType<EdgePartition>().Any(p => _consumer!.QueryRange(new TopicPartition(Topics.ServiceEdges, p.Partition), RangeTimeout).CommittedEnd > p.Position))
            Turn(deadline.Token);
    }
}
