using Pipeline.Shared.Model;

namespace Pipeline.Aggregator.Decide;

/// <summary>What rules may know of an assembled trace; kept up to date while its spans arrive.</summary>
/// <param name="TraceId">The trace.</param>
/// <param name="HasError">One of its spans has status error.</param>
/// <param name="DurationNano">From the earliest start to the latest end, in nanoseconds.</param>
/// <param name="HeadThreshold">The highest head-sampling threshold of its spans; 0 where none has one: what arrives then counts as everything.</param>
internal readonly record struct TraceFacts(TraceId TraceId, bool HasError, ulong DurationNano, ulong HeadThreshold);
