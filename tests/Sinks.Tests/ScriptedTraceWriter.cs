using System.Collections.Concurrent;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;
using Pipeline.Shared.Storage;

namespace Pipeline.Sinks.Tests;

/// <summary>A store that does as it is told, and otherwise keeps its contract in memory.</summary>
internal sealed class ScriptedTraceWriter : ITraceWriter
{
    private readonly ConcurrentDictionary<(TraceId, SpanId, SpanKind), Span> _spans = [];
    private int _writes;

    /// <summary>Runs before every write with its number, from 1 on; may throw or wait.</summary>
    public Func<int, CancellationToken, Task> BeforeWrite { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Runs after every write with its number; may throw what a crash would leave undone.</summary>
    public Action<int> AfterWrite { get; set; } = _ => { };

    /// <summary>Spans that are refused for good.</summary>
    public Func<Span, bool> Refuses { get; set; } = _ => false;

    public ConcurrentDictionary<(DateTimeOffset Hour, int Partition), IReadOnlyList<Dependency>> Dependencies { get; } = [];

    public int SpanCount => _spans.Count;

    public int WriteCount => _writes;

    public int DeleteCount { get; private set; }

    public IEnumerable<Span> Spans => _spans.Values;

    public Task PrepareAsync(CancellationToken cancellation) => Task.CompletedTask;

    public async Task<WriteReport> WriteAsync(IReadOnlyList<KeptTrace> traces, CancellationToken cancellation)
    {
        var number = Interlocked.Increment(ref _writes);
        await BeforeWrite(number, cancellation);
        var (stored, repeated, refused) = (0, 0, new List<RefusedSpan>());
        for (var i = 0; i < traces.Count; i++)
        {
            foreach (var span in traces[i].Spans)
            {
                if (Refuses(span))
                    refused.Add(new RefusedSpan(i, span, "not to my taste"));
                else if (_spans.TryAdd((span.TraceId, span.SpanId, span.Kind), span))
                    stored++;
                else
                    repeated++;
            }
        }

        AfterWrite(number);
        return new WriteReport(stored, repeated, refused);
    }

    public Task WriteDependenciesAsync(DateTimeOffset hour, int edgePartition, IReadOnlyList<Dependency> dependencies, CancellationToken cancellation)
    {
        Dependencies[(hour, edgePartition)] = dependencies;
        return Task.CompletedTask;
    }

    public Task DeleteExpiredAsync(CancellationToken cancellation)
    {
        DeleteCount++;
        return Task.CompletedTask;
    }
}
