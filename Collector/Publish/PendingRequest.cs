using Pipeline.Collector.Receive;

namespace Pipeline.Collector.Publish;

/// <summary>A request that waits until all records that hold its spans are acknowledged. Gives its bytes back then, even where the client has been answered before.</summary>
internal sealed class PendingRequest(InFlightBytes inFlight, long bytes, long startedAt) : TaskCompletionSource<PublishResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    private int _openRecords = 1;
    private int _worst = (int)PublishResult.Acknowledged;

    /// <summary>When it came, as a timestamp of the publisher's clock.</summary>
    public long StartedAt => startedAt;

    /// <summary>One more record holds spans of this request.</summary>
    public void AddRecord() => Interlocked.Increment(ref _openRecords);

    /// <summary>One record is done, or (once, by the publisher) all spans are placed.</summary>
    public void OnDone(PublishResult result)
    {
        if (result != PublishResult.Acknowledged)
            Interlocked.CompareExchange(ref _worst, (int)result, (int)PublishResult.Acknowledged);
        if (Interlocked.Decrement(ref _openRecords) > 0)
            return;
        inFlight.GiveBack(bytes);
        TrySetResult((PublishResult)Volatile.Read(ref _worst));
    }
}
