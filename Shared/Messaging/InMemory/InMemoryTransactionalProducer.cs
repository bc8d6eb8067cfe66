namespace Pipeline.Shared.Messaging.InMemory;

/// <summary>Transactions on the log in memory.</summary>
internal sealed class InMemoryTransactionalProducer(InMemoryLog log, string transactionalId) : ITransactionalProducer
{
    private static readonly TimeSpan RoomTimeout = TimeSpan.FromSeconds(10);

    private MemoryTransaction? _transaction;
    private ITimer? _timeout;
    private int _epoch;

    public void Initialize()
    {
        lock (log.Gate)
            _epoch = log.Fence(transactionalId);
    }

    public void Begin()
    {
        lock (log.Gate)
        {
            CheckEpoch();
            if (_transaction is not null)
                throw new InvalidOperationException("A transaction is open already.");
            _transaction = log.Begin(transactionalId);
            // As a log would that outlives its producers: a transaction that nobody ends must not hold back readers for ever.
            _timeout = log.Time.CreateTimer(_ => Expire(), null, log.TransactionTimeout, Timeout.InfiniteTimeSpan);
        }
    }

    public void Append(TopicPartition partition, byte[] key, byte[]? value, IReadOnlyList<RecordHeader> headers)
    {
        lock (log.Gate)
        {
            var deadline = Environment.TickCount64 + (long)RoomTimeout.TotalMilliseconds;
            while (true)
            {
                var transaction = Current();
                var failure = log.TryAppend(partition, key, value, headers, transaction, out _);
                if (failure == AppendFailure.None)
                    return;
                var left = deadline - Environment.TickCount64;
                if (failure != AppendFailure.QueueFull || left <= 0 || !Monitor.Wait(log.Gate, TimeSpan.FromMilliseconds(left)))
                    throw AbortBecause($"{partition}: {failure}");
            }
        }
    }

    public void SendOffsets(IReadOnlyList<PartitionOffset> offsets, GroupMembership membership)
    {
        lock (log.Gate)
        {
            var transaction = Current();
            var place = (MemoryMembership)membership;
            if (!place.IsCurrent || offsets.Any(o => !place.Owns(o.Partition)))
                throw AbortBecause("the member's place in its group is outdated");
            transaction.Offsets.AddRange(offsets.Select(o => (place.Group, o)));
        }
    }

    public void Commit() => End(commit: true);

    public void Abort() => End(commit: false);

    public void Dispose()
    {
        lock (log.Gate)
            if (_transaction is not null && log.IsCurrent(transactionalId, _epoch))
                End(_transaction, commit: false);
        _timeout?.Dispose();
        _transaction = null;
    }

    private void End(bool commit)
    {
        lock (log.Gate)
            End(Current(), commit);
    }

    private void End(MemoryTransaction transaction, bool commit)
    {
        _timeout?.Dispose();
        log.End(transactionalId, transaction, commit);
        _transaction = null;
    }

    private void Expire()
    {
        lock (log.Gate)
            if (_transaction is { IsOpen: true } && log.IsCurrent(transactionalId, _epoch))
                log.Fence(transactionalId);
    }

    private MemoryTransaction Current()
    {
        CheckEpoch();
        return _transaction ?? throw new InvalidOperationException("No transaction is open.");
    }

    private void CheckEpoch()
    {
        if (_epoch == 0)
            throw new InvalidOperationException("The producer has not been initialized.");
        if (!log.IsCurrent(transactionalId, _epoch))
            throw new ProducerFencedException($"A newer producer uses the transactional id {transactionalId}.");
    }

    private TransactionAbortedException AbortBecause(string why)
    {
        End(_transaction!, commit: false);
        return new TransactionAbortedException("The transaction was aborted: " + why + ".");
    }
}
