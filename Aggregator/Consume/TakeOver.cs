using Pipeline.Aggregator.Assemble;
using Pipeline.Aggregator.Diagnostics;
using Pipeline.Shared.Messaging;

namespace Pipeline.Aggregator.Consume;

/// <summary>
/// Takes partitions over beside the poll loop: asks for their committed offsets, reads what earlier owners decided, and hands the result back to the consuming thread.
/// One batch at a time; what fails because the log does not answer is tried again.
/// </summary>
internal sealed class TakeOver(DecisionLog decisionLog, AggregatorEvents events, TimeProvider time)
{
    private static readonly TimeSpan CommittedTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(500);

    private Task<IReadOnlyList<(PartitionOwner Owner, ShardStart Start)>>? _loading;
    private long? _retryAt;

    /// <summary>Begins with what is waiting, and returns what has become ready. Quick: called once per turn of the poll loop.</summary>
    public IReadOnlyList<(PartitionOwner Owner, ShardStart Start)> Advance(PartitionOwners owners, IRecordConsumer consumer, CancellationToken cancellation)
    {
        if (_loading is { IsCompleted: true })
            return Complete();
        if (_loading is not null || (_retryAt is { } at && time.GetElapsedTime(at) < RetryInterval))
            return [];
        var waiting = owners.All.Where(o => o.Shard is null).ToList();
        if (waiting.Count > 0)
            Begin(waiting, consumer, cancellation);
        return [];
    }

    private IReadOnlyList<(PartitionOwner Owner, ShardStart Start)> Complete()
    {
        var loading = _loading!;
        _loading = null;
        if (loading.IsCompletedSuccessfully)
            return loading.GetAwaiter().GetResult();
        if (loading.IsCanceled)
            return [];
        if (loading.Exception!.InnerException is not LogUnavailableException unavailable)
            throw loading.Exception;
        Delay(unavailable);
        return [];
    }

    private void Begin(List<PartitionOwner> waiting, IRecordConsumer consumer, CancellationToken cancellation)
    {
        try
        {
            var committed = waiting.Select(o => (o, consumer.Committed(new TopicPartition(Topics.Spans, o.Partition), CommittedTimeout))).ToList();
            _loading = Task.Factory.StartNew(() => Load(committed, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        catch (LogUnavailableException exception)
        {
            Delay(exception);
        }
    }

    private IReadOnlyList<(PartitionOwner Owner, ShardStart Start)> Load(List<(PartitionOwner Owner, long? Committed)> batch, CancellationToken cancellation)
    {
        using var reader = decisionLog.OpenReader();
        var starts = new List<(PartitionOwner, ShardStart)>(batch.Count);
        foreach (var (owner, committed) in batch)
        {
            var input = new TopicPartition(Topics.Spans, owner.Partition);
            starts.Add((owner, decisionLog.Load(reader, owner.Partition, committed, () => reader.QueryRange(input, CommittedTimeout).Start, cancellation)));
        }

        return starts;
    }

    private void Delay(LogUnavailableException exception)
    {
        events.TakeOverDelayed(exception.Message);
        _retryAt = time.GetTimestamp();
    }
}
