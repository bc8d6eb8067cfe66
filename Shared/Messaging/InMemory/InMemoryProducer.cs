namespace Pipeline.Shared.Messaging.InMemory;

/// <summary>Appends to the log in memory.</summary>
internal sealed class InMemoryProducer(InMemoryLog log) : IRecordProducer
{
    public AppendFailure Append(TopicPartition partition, byte[] key, byte[]? value, IReadOnlyList<RecordHeader> headers, IAppendObserver observer)
    {
        long offset;
        lock (log.Gate)
        {
            var failure = log.TryAppend(partition, key, value, headers, null, out offset);
            if (failure != AppendFailure.None)
                return failure;
        }

        // On another thread, as a broker's answer would come: the caller may hold locks of its own.
        ThreadPool.UnsafeQueueUserWorkItem(static told => told.Observer.OnAppended(told.Result),
            (Observer: observer, Result: new AppendResult(partition, offset, AppendFailure.None, null)), preferLocal: false);
        return AppendFailure.None;
    }

    public int Flush(TimeSpan timeout) => 0;

    public void Dispose()
    {
    }
}
