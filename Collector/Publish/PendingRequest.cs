namespace Pipeline.Collector.Publish;

/// <summary>A request that waits until all records that hold its spans are acknowledged.</summary>
internal sealed class PendingRequest : TaskCompletionSource<PublishResult>
{
    private int _openRecords = 1;
    private int _worst = (int)PublishResult.Acknowledged;

    public PendingRequest() : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
    }

    /// <summary>One more record holds spans of this request.</summary>
    public void AddRecord() => Interlocked.Increment(ref _openRecords);

    /// <summary>One record is done, or (once, by the publisher) all spans are placed.</summary>
    public void OnDone(PublishResult result)
    {
        if (result != PublishResult.Acknowledged)
            Interlocked.CompareExchange(ref _worst, (int)result, (int)PublishResult.Acknowledged);
        if (Interlocked.Decrement(ref _openRecords) == 0)
            TrySetResult((PublishResult)Volatile.Read(ref _worst));
    }
}
