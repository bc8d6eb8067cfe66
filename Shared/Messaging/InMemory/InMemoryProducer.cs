namespace Pipeline.Shared.Messaging.InMemory;

/// <summary>Appends to the log in memory.</summary>
internal sealed class InMemoryProducer(InMemoryLog log) : IRecordProducer
{
    private readonly object _told = new();
    private int _untoldCount;

    public AppendFailure Append(TopicPartition partition, byte[] key, byte[]? value, IReadOnlyList<RecordHeader> headers, IAppendObserver observer)
    {
        AppendFailure failure;
        long offset;
        lock (log.Gate)
            failure = log.TryAppend(partition, key, value, headers, null, out offset);
        if (failure is not (AppendFailure.None or AppendFailure.Unavailable))
            return failure;
        Tell(observer, new AppendResult(partition, offset, failure, failure == AppendFailure.None ? null : $"There is no partition {partition}."));
        return AppendFailure.None;
    }

    public int Flush(TimeSpan timeout)
    {
        var deadline = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        lock (_told)
        {
            for (var left = (long)timeout.TotalMilliseconds; _untoldCount > 0 && left > 0; left = deadline - Environment.TickCount64)
                Monitor.Wait(_told, TimeSpan.FromMilliseconds(left));
            return _untoldCount;
        }
    }

    public void Dispose()
    {
    }

    // On another thread, as a broker's answer would come: the caller may hold locks of its own.
    private void Tell(IAppendObserver observer, AppendResult result)
    {
        lock (_told)
            _untoldCount++;
        ThreadPool.UnsafeQueueUserWorkItem(static told =>
        {
            told.Observer.OnAppended(told.Result);
            told.Producer.NoteTold();
        }, (Observer: observer, Result: result, Producer: this), preferLocal: false);
    }

    private void NoteTold()
    {
        lock (_told)
        {
            if (--_untoldCount == 0)
                Monitor.PulseAll(_told);
        }
    }
}
