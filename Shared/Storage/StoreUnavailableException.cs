namespace Pipeline.Shared.Storage;

/// <summary>The store cannot answer now: away, overloaded, or full. The same call may succeed later; nothing is known about what it has already stored.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>How long the store asks to be left alone; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
