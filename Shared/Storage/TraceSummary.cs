using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage;

/// <summary>A trace in one line: what a search result shows without its spans.</summary>
public sealed record TraceSummary
{
    /// <summary>The trace's id.</summary>
    public required TraceId TraceId { get; init; }

    /// <summary>The root span's service; empty while no root is known.</summary>
    public required string RootService { get; init; }

    /// <summary>The root span's name; empty while no root is known.</summary>
    public required string RootOperation { get; init; }

    /// <summary>The earliest start of its spans, in nanoseconds since the Unix epoch.</summary>
    public required ulong StartTimeUnixNano { get; init; }

    /// <summary>The latest end of its spans, in nanoseconds since the Unix epoch.</summary>
    public required ulong EndTimeUnixNano { get; init; }

    /// <summary>How many spans.</summary>
    public required int SpanCount { get; init; }

    /// <summary>How many of them have status error.</summary>
    public required int ErrorCount { get; init; }

    /// <summary>Spans by service, in the order of the names.</summary>
    public required IReadOnlyList<KeyValuePair<string, int>> Services { get; init; }

    /// <summary>The tail rule that kept the trace; empty when unknown.</summary>
    public string Rule { get; init; } = "";

    /// <summary>What made the aggregator decide when it did; empty when unknown.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The final probability with which a trace like this one is kept, in (0, 1]; null when unknown.</summary>
    public double? Probability { get; init; }
}
