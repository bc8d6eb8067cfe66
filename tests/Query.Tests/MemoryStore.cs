using Pipeline.Shared.Model;
using Pipeline.Shared.Storage;

namespace Pipeline.Query.Tests;

/// <summary>A store of the tests: what it holds, what it was last asked, and how it fails.</summary>
internal sealed class MemoryStore : ITraceReader
{
    public List<Trace> Traces { get; } = [];

    public List<Dependency> Dependencies { get; } = [];

    public List<Operation> Operations { get; } = [];

    public Exception? Failure { get; set; }

    public bool Hangs { get; set; }

    public TraceQuery? LastQuery { get; private set; }

    public string? LastService { get; private set; }

    public (DateTimeOffset? Start, DateTimeOffset? End)? LastWindow { get; private set; }

    public MemoryStore With(params Span[] spans)
    {
        foreach (var group in spans.GroupBy(s => s.TraceId))
            Traces.Add(new Trace(group.Key, [.. group]) { Rule = "errors", Reason = "root_arrived", Probability = 0.25 });
        return this;
    }

    public Task<Trace?> GetTraceAsync(TraceId traceId, DateTimeOffset? startMin, DateTimeOffset? startMax, CancellationToken cancellation)
    {
        LastWindow = (startMin, startMax);
        return AnswerAsync(() => Traces.Find(t => t.TraceId == traceId), cancellation);
    }

    public Task<IReadOnlyList<Trace>> FindTracesAsync(TraceQuery query, CancellationToken cancellation) => AnswerAsync(() => Find(query), cancellation);

    public Task<IReadOnlyList<TraceSummary>> FindSummariesAsync(TraceQuery query, CancellationToken cancellation) =>
        AnswerAsync<IReadOnlyList<TraceSummary>>(() => [.. Find(query).Select(Summarize)], cancellation);

    public Task<IReadOnlyList<string>> GetServicesAsync(CancellationToken cancellation) => AnswerAsync<IReadOnlyList<string>>(
        () => [.. Traces.SelectMany(t => t.Spans).Select(s => s.Resource.ServiceName).Distinct().Order(StringComparer.Ordinal)], cancellation);

    public Task<IReadOnlyList<Operation>> GetOperationsAsync(string service, SpanKind? kind, CancellationToken cancellation)
    {
        LastService = service;
        return AnswerAsync<IReadOnlyList<Operation>>(() => [.. Operations.Where(o => kind is null || o.Kind == kind)], cancellation);
    }

    public Task<IReadOnlyList<Dependency>> GetDependenciesAsync(DateTimeOffset start, DateTimeOffset end, CancellationToken cancellation)
    {
        LastWindow = (start, end);
        return AnswerAsync<IReadOnlyList<Dependency>>(() => Dependencies, cancellation);
    }

    private static TraceSummary Summarize(Trace trace)
    {
        var root = trace.Spans.FirstOrDefault(s => s.ParentSpanId.IsEmpty);
        return new TraceSummary
        {
            TraceId = trace.TraceId,
            RootService = root?.Resource.ServiceName ?? "",
            RootOperation = root?.Name ?? "",
            StartTimeUnixNano = trace.Spans.Min(s => s.StartTimeUnixNano),
            EndTimeUnixNano = trace.Spans.Max(s => s.EndTimeUnixNano),
            SpanCount = trace.Spans.Count,
            ErrorCount = trace.Spans.Count(s => s.Status.Code == SpanStatusCode.Error),
            Services = [.. trace.Spans.GroupBy(s => s.Resource.ServiceName).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => KeyValuePair.Create(g.Key, g.Count()))],
            Rule = trace.Rule,
            Reason = trace.Reason,
            Probability = trace.Probability,
        };
    }

    private IReadOnlyList<Trace> Find(TraceQuery query)
    {
        LastQuery = query;
        var match = new SpanMatch(query);
        return [.. Traces.Where(t => match.LatestStart(t.Spans) is not null).OrderByDescending(t => match.LatestStart(t.Spans)).Take(query.Limit)];
    }

    private async Task<T> AnswerAsync<T>(Func<T> answer, CancellationToken cancellation)
    {
        if (Hangs)
            await Task.Delay(Timeout.Infinite, cancellation);
        return Failure is null ? answer() : throw Failure;
    }
}
