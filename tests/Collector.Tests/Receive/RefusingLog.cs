using System.Collections.Concurrent;
using Pipeline.Shared.Messaging;

namespace Pipeline.Collector.Tests.Receive;

/// <summary>A log that takes nothing: each record fails, or hangs until it is released.</summary>
internal sealed class RefusingLog(AppendFailure? failure) : IRecordLog, IRecordProducer
{
    private readonly ConcurrentQueue<(TopicPartition Partition, IAppendObserver Observer)> _held = [];
    private bool _isReleased;

    public void Release()
    {
        Volatile.Write(ref _isReleased, true);
        while (_held.TryDequeue(out var held))
            held.Observer.OnAppended(new AppendResult(held.Partition, 0, AppendFailure.None, null));
    }

    public AppendFailure Append(TopicPartition partition, byte[] key, byte[]? value, IReadOnlyList<RecordHeader> headers, IAppendObserver observer)
    {
        if (failure == AppendFailure.QueueFull)
            return AppendFailure.QueueFull;
        if (failure is { } other)
            ThreadPool.QueueUserWorkItem(_ => observer.OnAppended(new AppendResult(partition, -1, other, "refused by the test")));
        else
            _held.Enqueue((partition, observer));
        if (Volatile.Read(ref _isReleased))
            Release();
        return AppendFailure.None;
    }

    public int Flush(TimeSpan timeout) => _held.Count;

    public IRecordProducer CreateProducer() => this;

    public ITransactionalProducer CreateTransactionalProducer(string transactionalId) => throw new NotSupportedException();

    public IRecordConsumer CreateConsumer(ConsumerSettings settings) => throw new NotSupportedException();

    public IRecordReader CreateReader() => throw new NotSupportedException();

    public Task<IReadOnlyList<TopicDescription>> DescribeTopicsAsync(IReadOnlyList<string> names, CancellationToken cancellation) => throw new NotSupportedException();

    public Task CreateTopicsAsync(IReadOnlyList<TopicDescription> topics, CancellationToken cancellation) => throw new NotSupportedException();

    public Task GrowTopicAsync(string topic, int partitionCount, CancellationToken cancellation) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
