namespace Pipeline.Shared.Messaging.InMemory;

/// <summary>Transactions on the log in memory.</summary>
internal sealed class InMemoryTransactionalProducer(InMemoryLog log, string transactionalId) : ITransactionalProducer
{
    private static readonly TimeSpan RoomTimeout = TimeSpan.FromSeconds(10);

    private MemoryTransaction? _transaction;
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
        }
    }

    public void Append(TopicPartition partition, byte[] key, byte[]? value, IReadOnlyList<RecordHeader> headers)
    {
        lock (log.Gate)
        {
            var begin = log.Time.GetTimestamp();
            while (true)
            {
                var transaction = Current();
                var failure = log.TryAppend(partition, key, value, headers, transaction, out _);
                if (failure == AppendFailure.None)
                    return;
                var left = RoomTimeout - log.Time.GetElapsedTime(begin);
                if (failure == AppendFailure.TooLarge || left <= TimeSpan.Zero || !Monitor.Wait(log.Gate, left))
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
                log.End(transactionalId, _transaction, commit: false);
        _transaction = null;
    }

    private void End(bool commit)
    {
        lock (log.Gate)
        {
            log.End(transactionalId, Current(), commit);
            _transaction = null;
        }
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
        log.End(transactionalId, _transaction!, commit: false);
        _transaction = null;
        return new TransactionAbortedException("The transaction was aborted: " + why + ".");
    }
}
