using System.Diagnostics;

namespace Pipeline.TestKit;

/// <summary>Waits for what another thread or process does, up to a deadline that only a failure reaches.</summary>
public static class Eventually
{
    /// <summary>Until the condition holds; throws with the description when it does not within the time (default 30 s).</summary>
    public static async Task HoldsAsync(Func<bool> condition, string description, TimeSpan? within = null, CancellationToken cancellation = default)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > (within ?? TimeSpan.FromSeconds(30)))
                throw new TimeoutException($"Not within {watch.Elapsed.TotalSeconds:0} s: {description}.");
            await Task.Delay(20, cancellation);
        }
    }
}
