namespace Pipeline.Collector.Publish;

/// <summary>
/// How long open records wait for more: short while they fill by themselves, longer while they don't, since few large records cost everybody less than many small ones.
/// </summary>
internal sealed class AdaptiveLinger
{
    // A record of this size carries its own overhead well.
    private const int GoodRecordBytes = 32 * 1024;

    private readonly TimeSpan _min;
    private readonly TimeSpan _max;

    public AdaptiveLinger(TimeSpan min, TimeSpan max) => (_min, _max, Current) = (min, max, min);

    public TimeSpan Current { get; private set; }

    /// <summary>Learns from one flush of all open records.</summary>
    public void OnFlushed(int recordCount, long bytes)
    {
        if (recordCount == 0)
            return;
        var longer = bytes / recordCount < GoodRecordBytes;
        var next = longer ? Current * 2 + TimeSpan.FromMilliseconds(1) : Current / 2;
        Current = next < _min ? _min : next > _max ? _max : next;
    }
}
