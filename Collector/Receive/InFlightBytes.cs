using Microsoft.Extensions.Options;

namespace Pipeline.Collector.Receive;

/// <summary>Counts the bytes of all requests under way against one limit, from the first byte received to the log's acknowledgement. Safe for use by many threads.</summary>
internal sealed class InFlightBytes(IOptions<CollectorOptions> options)
{
    private readonly long _limit = options.Value.MaxInFlightBytes;
    private long _count;

    public long Count => Volatile.Read(ref _count);

    /// <summary>False, and nothing is taken, when there is no room for so many.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _count, bytes) <= _limit)
            return true;
        Interlocked.Add(ref _count, -bytes);
        return false;
    }

    public void GiveBack(long bytes) => Interlocked.Add(ref _count, -bytes);
}
