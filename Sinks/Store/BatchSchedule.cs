namespace Pipeline.Sinks.Store;

/// <summary>When a batch is to be written, and how long to wait for a store that was away. Pure.</summary>
internal sealed class BatchSchedule(SinksOptions options, int jitterSeed)
{
    private readonly Random _jitter = new(jitterSeed);

    public bool IsFull(TraceBatch batch) => batch.SpanCount >= options.BatchSpans || batch.LengthBytes >= options.BatchBytes;

    public bool IsDue(TraceBatch batch, TimeSpan age) => !batch.IsEmpty && (IsFull(batch) || age >= options.BatchInterval);

    /// <summary>The wait before try number <paramref name="attempt"/> (from 1 on): doubling, bounded, between half and all of it so that instances spread out; never sooner than the store asks.</summary>
    public TimeSpan WaitBefore(int attempt, TimeSpan? asked)
    {
        var doubled = options.RetryFirst.TotalMilliseconds * Math.Pow(2, Math.Min(attempt - 1, 20));
        var bounded = Math.Min(doubled, options.RetryMax.TotalMilliseconds);
        var wait = TimeSpan.FromMilliseconds(bounded * (0.5 + _jitter.NextDouble() / 2));
        return asked > wait ? asked.Value : wait;
    }
}
