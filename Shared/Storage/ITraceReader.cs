using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage;

/// <summary>
/// Reads what an <see cref="ITraceWriter"/> stored. Safe for many callers at once. Every method throws <see cref="StoreUnavailableException"/> when the store does
/// not answer, and MUST NOT pass a partial answer off as a whole one. A store may show what was written only after its refresh interval.
/// </summary>
public interface ITraceReader
{
    /// <summary>
    /// All spans of a trace, or null where the store has none. The window (start, end) is a hint that narrows where to look; null means everywhere within the retention.
    /// </summary>
    Task<Trace?> GetTraceAsync(TraceId traceId, DateTimeOffset? startMin, DateTimeOffset? startMax, CancellationToken cancellation);

    /// <summary>The traces that match, whole, newest first.</summary>
    Task<IReadOnlyList<Trace>> FindTracesAsync(TraceQuery query, CancellationToken cancellation);

    /// <summary>The traces that match, in one line each, newest first.</summary>
    Task<IReadOnlyList<TraceSummary>> FindSummariesAsync(TraceQuery query, CancellationToken cancellation);

    /// <summary>The names of all services, in ordinal order.</summary>
    Task<IReadOnlyList<string>> GetServicesAsync(CancellationToken cancellation);

    /// <summary>The operations of a service, ordered by name and kind, each once; of one kind only where given and where the store keeps kinds.</summary>
    Task<IReadOnlyList<Operation>> GetOperationsAsync(string service, SpanKind? kind, CancellationToken cancellation);

    /// <summary>Calls between services in the hours that start within [start, end], summed by parent and child, in ordinal order.</summary>
    Task<IReadOnlyList<Dependency>> GetDependenciesAsync(DateTimeOffset start, DateTimeOffset end, CancellationToken cancellation);
}
