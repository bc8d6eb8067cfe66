namespace Pipeline.Shared.Messaging.InMemory;

/// <summary>
/// The record log in memory: for everything in one process, and for tests. It dies with its process. Bounded: a topic that holds as much as it may first drops what all
/// its groups have read; where that is not enough, appending is refused (<see cref="AppendFailure.QueueFull"/>), and a topic without groups drops its oldest records.
/// One gate guards all of it; observers and listeners are called outside.
/// </summary>
public sealed class InMemoryLog : IRecordLog
{
    private readonly Dictionary<string, MemoryTopic> _topics = [];
    private readonly Dictionary<string, MemoryGroup> _groups = [];
    private readonly Dictionary<string, int> _epochs = [];
    private readonly Dictionary<string, MemoryTransaction> _openTransactions = [];
    private readonly long _topicBytes;
    private readonly int _maxRecordBytes;

    /// <summary>A log whose topics may hold <paramref name="topicBytes"/> each (default 256 MiB), and records of up to <paramref name="maxRecordBytes"/> bytes (default 1,000,000).</summary>
    public InMemoryLog(TimeProvider? time = null, long topicBytes = 256 << 20, int maxRecordBytes = 1_000_000)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(topicBytes, maxRecordBytes);
        (Time, _topicBytes, _maxRecordBytes) = (time ?? TimeProvider.System, topicBytes, maxRecordBytes);
    }

    internal object Gate { get; } = new();

    internal TimeProvider Time { get; }

    /// <summary>A transaction that is open for longer is aborted, and its producer fenced.</summary>
    internal TimeSpan TransactionTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    public IRecordProducer CreateProducer() => new InMemoryProducer(this);

    /// <inheritdoc/>
    public ITransactionalProducer CreateTransactionalProducer(string transactionalId) => new InMemoryTransactionalProducer(this, transactionalId);

    /// <inheritdoc/>
    public IRecordConsumer CreateConsumer(ConsumerSettings settings) => new InMemoryConsumer(this, settings);

    /// <inheritdoc/>
    public IRecordReader CreateReader() => new InMemoryReader(this);

    /// <inheritdoc/>
    public Task<IReadOnlyList<TopicDescription>> DescribeTopicsAsync(IReadOnlyList<string> names, CancellationToken cancellation)
    {
        lock (Gate)
            return Task.FromResult<IReadOnlyList<TopicDescription>>(
                [.. names.Select(n => _topics.TryGetValue(n, out var topic) ? topic.Description : new TopicDescription(n, 0, new Dictionary<string, string>()))]);
    }

    /// <inheritdoc/>
    public Task CreateTopicsAsync(IReadOnlyList<TopicDescription> topics, CancellationToken cancellation)
    {
        lock (Gate)
        {
            foreach (var topic in topics)
                _topics.TryAdd(topic.Name, new MemoryTopic(topic));
            RebalanceAll();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task GrowTopicAsync(string topic, int partitionCount, CancellationToken cancellation)
    {
        lock (Gate)
        {
            Topic(topic).Grow(partitionCount);
            RebalanceAll();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (Gate)
            Monitor.PulseAll(Gate);
    }

    // All below: with the gate held.

    internal MemoryPartition Partition(TopicPartition partition)
    {
        var partitions = Topic(partition.Topic).Partitions;
        return (uint)partition.Partition < (uint)partitions.Count
            ? partitions[partition.Partition]
            : throw new LogUnavailableException($"There is no partition {partition}: the topic has {partitions.Count}.");
    }

    internal MemoryGroup Group(string name)
    {
        if (!_groups.TryGetValue(name, out var group))
            _groups[name] = group = new MemoryGroup(name);
        return group;
    }

    internal void Rebalance(MemoryGroup group)
    {
        group.Rebalance(topic => _topics.TryGetValue(topic, out var found) ? found.Partitions.Select(p => p.Name) : []);
        Monitor.PulseAll(Gate);
    }

    internal AppendFailure TryAppend(TopicPartition partition, byte[] key, byte[]? value, IReadOnlyList<RecordHeader> headers, MemoryTransaction? transaction, out long offset)
    {
        offset = -1;
        var bytes = key.Length + (long)(value?.Length ?? 0);
        if (bytes > _maxRecordBytes)
            return AppendFailure.TooLarge;
        if (!_topics.TryGetValue(partition.Topic, out var topic) || (uint)partition.Partition >= (uint)topic.Partitions.Count)
            return AppendFailure.Unavailable;
        var nowMs = Time.GetUtcNow().ToUnixTimeMilliseconds();
        if (!topic.MakeRoom(bytes, _topicBytes, nowMs, _groups.Values))
            return AppendFailure.QueueFull;
        offset = topic.Partitions[partition.Partition].Append(nowMs, key, value, headers, transaction);
        if (transaction is null)
            Monitor.PulseAll(Gate);
        return AppendFailure.None;
    }

    /// <summary>Makes an older producer of this transactional id a thing of the past; returns the new one's epoch.</summary>
    internal int Fence(string transactionalId)
    {
        if (_openTransactions.TryGetValue(transactionalId, out var open))
            End(transactionalId, open, commit: false);
        return _epochs[transactionalId] = _epochs.GetValueOrDefault(transactionalId) + 1;
    }

    internal bool IsCurrent(string transactionalId, int epoch) => _epochs.GetValueOrDefault(transactionalId) == epoch;

    internal MemoryTransaction Begin(string transactionalId) => _openTransactions[transactionalId] = new MemoryTransaction();

    internal void End(string transactionalId, MemoryTransaction transaction, bool commit)
    {
        transaction.End(commit);
        _openTransactions.Remove(transactionalId);
        foreach (var partition in transaction.Partitions)
            partition.OnEnded(transaction);
        if (commit)
            foreach (var (group, offset) in transaction.Offsets)
                group.Commit(offset);
        Monitor.PulseAll(Gate);
    }

    /// <summary>True while an open transaction is about to move this offset.</summary>
    internal bool IsOffsetPending(MemoryGroup group, TopicPartition partition) =>
        _openTransactions.Values.Any(t => t.Offsets.Any(o => o.Group == group && o.Offset.Partition == partition));

    private MemoryTopic Topic(string name) => _topics.TryGetValue(name, out var topic) ? topic : throw new LogUnavailableException($"There is no topic {name}.");

    private void RebalanceAll()
    {
        foreach (var group in _groups.Values)
            Rebalance(group);
    }
}
