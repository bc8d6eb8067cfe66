using Pipeline.Shared.Encoding;

namespace Pipeline.Shared.Storage;

/// <summary>
/// Writes kept traces to a store. Every implementation MUST pass the store conformance suite.
/// <list type="bullet">
/// <item>A trace may come in several pieces (late spans follow); the store MUST hold the union of their spans.</item>
/// <item>Writing the same piece again MUST change nothing: each span is there exactly once. Two spans that share trace and span id but differ in kind
/// or content (Zipkin's shared client and server spans) are two spans.</item>
/// <item>When <see cref="WriteAsync"/> returns, everything not named in <see cref="WriteReport.Refused"/> MUST survive a crash of this process.</item>
/// <item>A span that the store refuses for good MUST NOT keep others out: it is reported in <see cref="WriteReport.Refused"/>, everything else is stored.</item>
/// <item>A store that is away, slow or full is not a refusal: <see cref="StoreUnavailableException"/>, and the caller tries the whole batch again.</item>
/// </list>
/// Calls come one at a time from one caller.
/// </summary>
public interface ITraceWriter
{
    /// <summary>Creates or updates tables, templates and indices. Safe to repeat. Throws <see cref="StoreUnavailableException"/>.</summary>
    Task PrepareAsync(CancellationToken cancellation);

    /// <summary>Stores a batch of pieces. Throws <see cref="StoreUnavailableException"/>.</summary>
    Task<WriteReport> WriteAsync(IReadOnlyList<KeptTrace> traces, CancellationToken cancellation);

    /// <summary>
    /// Replaces the dependency totals of one hour as counted by one edge partition: writing the same hour and partition again overwrites. Throws <see cref="StoreUnavailableException"/>.
    /// </summary>
    Task WriteDependenciesAsync(DateTimeOffset hour, int edgePartition, IReadOnlyList<Dependency> dependencies, CancellationToken cancellation);

    /// <summary>Deletes what is older than the store's retention. Throws <see cref="StoreUnavailableException"/>.</summary>
    Task DeleteExpiredAsync(CancellationToken cancellation);
}
