namespace Pipeline.Shared.Model;

/// <summary>How an operation ended, and in which words.</summary>
/// <param name="Code">The outcome.</param>
/// <param name="Message">For a failure, what went wrong; empty when nothing was said.</param>
public readonly record struct SpanStatus(SpanStatusCode Code, string Message)
{
    /// <summary>Nothing was said about the outcome.</summary>
    public static SpanStatus Unset => new(SpanStatusCode.Unset, "");
}
