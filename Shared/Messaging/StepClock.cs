namespace Pipeline.Shared.Messaging;

/// <summary>When the next step transaction is due, and how long to wait after aborted ones. Pure but for the clock that it is given.</summary>
public sealed class StepClock(TimeSpan interval, TimeProvider time)
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(5);

    private long _lastAt = time.GetTimestamp();

    /// <summary>How often the present step has been aborted.</summary>
    public int AbortCount { get; private set; }

    /// <summary>How long until the next step is due; zero when it is.</summary>
    public TimeSpan Remaining
    {
        get
        {
            var left = Wait - time.GetElapsedTime(_lastAt);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    private TimeSpan Wait => AbortCount == 0 ? interval : TimeSpan.FromTicks(Math.Min(MaxBackoff.Ticks, FirstBackoff.Ticks << Math.Min(AbortCount - 1, 10)));

    /// <summary>A step was committed: the next one is due after the interval.</summary>
    public void OnCommitted() => (_lastAt, AbortCount) = (time.GetTimestamp(), 0);

    /// <summary>A step was aborted: it is sent again after a growing wait.</summary>
    public void OnAborted() => (_lastAt, AbortCount) = (time.GetTimestamp(), AbortCount + 1);
}
