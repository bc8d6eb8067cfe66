using Pipeline.Shared.Encoding;
using Pipeline.Shared.Storage;

namespace Pipeline.Sinks.Tests;

/// <summary>Passes everything on to a store, and fails as a crash would once a write has been done but not reported.</summary>
internal sealed class CrashingTraceWriter(ITraceWriter store, int crashAfterWrite) : ITraceWriter
{
    private int _writes;

    /// <summary>Spans that the store holds because of the write that was not reported.</summary>
    public int StoredBeforeCrash { get; private set; }

    public Task PrepareAsync(CancellationToken cancellation) => store.PrepareAsync(cancellation);

    public async Task<WriteReport> WriteAsync(IReadOnlyList<KeptTrace> traces, CancellationToken cancellation)
    {
        var report = await store.WriteAsync(traces, cancellation);
        StoredBeforeCrash += report.StoredSpanCount;
        return ++_writes == crashAfterWrite ? throw new InvalidOperationException("crash between write and commit") : report;
    }

    public Task WriteDependenciesAsync(DateTimeOffset hour, int edgePartition, IReadOnlyList<Dependency> dependencies, CancellationToken cancellation) =>
        store.WriteDependenciesAsync(hour, edgePartition, dependencies, cancellation);

    public Task DeleteExpiredAsync(CancellationToken cancellation) => store.DeleteExpiredAsync(cancellation);
}
