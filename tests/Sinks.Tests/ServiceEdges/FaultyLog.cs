using Pipeline.Shared.Messaging;

namespace Pipeline.Sinks.Tests.ServiceEdges;

/// <summary>Passes everything on to a log, but makes a fault of its transactions where told to.</summary>
internal sealed class FaultyLog(IRecordLog log) : IRecordLog
{
    private int _commits;

    /// <summary>What happens instead of commit number n (from 1 on), or after it; null for nothing.</summary>
    public Func<int, CommitFault?> Fault { get; set; } = _ => null;

    public int CommitCount => _commits;

    public IRecordProducer CreateProducer() => log.CreateProducer();

    public ITransactionalProducer CreateTransactionalProducer(string transactionalId) => new Producer(this, log.CreateTransactionalProducer(transactionalId));

    public IRecordConsumer CreateConsumer(ConsumerSettings settings) => log.CreateConsumer(settings);

    public IRecordReader CreateReader() => log.CreateReader();

    public Task<IReadOnlyList<TopicDescription>> DescribeTopicsAsync(IReadOnlyList<string> names, CancellationToken cancellation) => log.DescribeTopicsAsync(names, cancellation);

    public Task CreateTopicsAsync(IReadOnlyList<TopicDescription> topics, CancellationToken cancellation) => log.CreateTopicsAsync(topics, cancellation);

    public Task GrowTopicAsync(string topic, int partitionCount, CancellationToken cancellation) => log.GrowTopicAsync(topic, partitionCount, cancellation);

    public void Dispose()
    {
    }

    private sealed class Producer(FaultyLog owner, ITransactionalProducer inner) : ITransactionalProducer
    {
        public void Initialize() => inner.Initialize();

        public void Begin() => inner.Begin();

        public void Append(TopicPartition partition, byte[] key, byte[]? value, IReadOnlyList<RecordHeader> headers) => inner.Append(partition, key, value, headers);

        public void SendOffsets(IReadOnlyList<PartitionOffset> offsets, GroupMembership membership) => inner.SendOffsets(offsets, membership);

        public void Commit()
        {
            var fault = owner.Fault(Interlocked.Increment(ref owner._commits));
            if (fault is CommitFault.Aborted)
            {
                inner.Abort();
                throw new TransactionAbortedException("scripted");
            }

            if (fault is not CommitFault.FencedBefore)
                inner.Commit();
            if (fault is not null)
                throw new ProducerFencedException("scripted");
        }

        public void Abort() => inner.Abort();

        public void Dispose() => inner.Dispose();
    }
}
