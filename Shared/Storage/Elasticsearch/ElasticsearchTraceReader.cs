using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>
/// Reads Jaeger's documents. All dated indices are asked, by pattern: a span is not always in the index of its own day, and the server passes over indices whose
/// times do not fit at next to no cost.
/// </summary>
internal sealed class ElasticsearchTraceReader : ITraceReader
{
    private static readonly string[] ServiceFields = ["serviceName"];
    private static readonly string[] OperationFields = ["operationName", "spanKind"];
    private static readonly string[] DependencyOrder = ["timestamp"];

    private readonly IndexNames _names;
    private readonly SearchClient _search;
    private readonly TraceFetch _fetch;
    private readonly TraceSearch _traces;
    private readonly SummaryReader _summaries;

    public ElasticsearchTraceReader(ElasticsearchClient client, IOptions<ElasticsearchOptions> options)
    {
        _names = new IndexNames(options.Value);
        _search = new SearchClient(client, options.Value.MaxDocCount);
        _fetch = new TraceFetch(_search, new DefinitionReader(client, _names), _names);
        _traces = new TraceSearch(_search, _fetch, _names);
        _summaries = new SummaryReader(_search, _names);
    }

    /// <inheritdoc/>
    public async Task<Trace?> GetTraceAsync(TraceId traceId, DateTimeOffset? startMin, DateTimeOffset? startMax, CancellationToken cancellation) =>
        (await _fetch.FetchAsync([traceId], cancellation)).GetValueOrDefault(traceId);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Trace>> FindTracesAsync(TraceQuery query, CancellationToken cancellation) => await _traces.FindAsync(query, cancellation);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<TraceSummary>> FindSummariesAsync(TraceQuery query, CancellationToken cancellation)
    {
        var traces = await _traces.FindAsync(query, cancellation);
        var decisions = await _summaries.ReadAsync([.. traces.Select(t => t.TraceId)], cancellation);
        return [.. traces.Select(t => Summarize(t, decisions.GetValueOrDefault(t.TraceId)))];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> GetServicesAsync(CancellationToken cancellation)
    {
        var services = new List<string>();
        await _search.CompositeAsync(_names.Services + "*", null, ServiceFields, key => AddText(services, key.GetProperty("serviceName")), cancellation);
        services.Sort(StringComparer.Ordinal);
        return services;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Operation>> GetOperationsAsync(string service, SpanKind? kind, CancellationToken cancellation)
    {
        var operations = new HashSet<Operation>();
        await _search.CompositeAsync(
            _names.Services + "*", json => TagQuery.WriteTerm(json, "serviceName", service), OperationFields, key => Add(operations, key, kind), cancellation);
        return [.. operations.OrderBy(o => o.Name, StringComparer.Ordinal).ThenBy(o => o.Kind)];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Dependency>> GetDependenciesAsync(DateTimeOffset start, DateTimeOffset end, CancellationToken cancellation)
    {
        var calls = new SortedDictionary<(string Parent, string Child), long>(Comparer<(string Parent, string Child)>.Create(static (a, b) =>
            string.CompareOrdinal(a.Parent, b.Parent) is var order and not 0 ? order : string.CompareOrdinal(a.Child, b.Child)));
        await _search.ScanAsync(
            _names.Dependencies + "*", json => WriteHours(json, start, end), DependencyOrder, hit => AddCalls(calls, hit.GetProperty("_source")), cancellation);
        return [.. calls.Select(c => new Dependency(c.Key.Parent, c.Key.Child, c.Value))];
    }

    private static TraceSummary Summarize(Trace trace, PieceDecision? decision) =>
        TraceSummaryBuilder.Build(trace.TraceId, trace.Spans, decision?.Rule ?? "", decision?.Reason ?? "", decision?.Threshold);

    private static void AddText(List<string> texts, JsonElement value)
    {
        if (value.GetString() is { } text)
            texts.Add(text);
    }

    // Jaeger's own documents say no kind: they are listed whatever kind is asked for.
    private static void Add(HashSet<Operation> operations, JsonElement key, SpanKind? kind)
    {
        var name = key.GetProperty("operationName").GetString();
        var kindName = key.GetProperty("spanKind").GetString();
        var found = SpanFacts.KindOf(kindName);
        if (name is not null && (kindName is null || kind is null || kind == found))
            operations.Add(new Operation(name, found));
    }

    private static void WriteHours(Utf8JsonWriter json, DateTimeOffset start, DateTimeOffset end)
    {
        json.WriteStartObject();
        json.WriteStartObject("range"u8);
        json.WriteStartObject("timestamp"u8);
        json.WriteString("gte"u8, start.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        json.WriteString("lte"u8, end.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void AddCalls(SortedDictionary<(string Parent, string Child), long> calls, JsonElement source)
    {
        foreach (var dependency in source.GetProperty("dependencies").EnumerateArray())
        {
            var key = (dependency.GetProperty("parent").GetString()!, dependency.GetProperty("child").GetString()!);
            calls[key] = calls.GetValueOrDefault(key) + dependency.GetProperty("callCount").GetInt64();
        }
    }
}
