namespace Pipeline.TestKit;

/// <summary>Measures managed memory that code takes on the calling thread.</summary>
public static class Allocated
{
    private const int Attempts = 5;

    /// <summary>
    /// The bytes that one warm run of the action allocates. The least of a few measurements: the runtime now and then allocates on the thread for its own ends, while what the action allocates shows every time.
    /// </summary>
    public static long BytesBy(Action action)
    {
        action();
        action();
        var least = long.MaxValue;
        for (var attempt = 0; attempt < Attempts && least > 0; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
