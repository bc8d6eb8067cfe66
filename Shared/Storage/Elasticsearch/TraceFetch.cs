using System.Text.Json;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>Fetches whole traces by id, page by page.</summary>
internal sealed class TraceFetch(SearchClient search, DefinitionReader definitions, IndexNames names)
{
    private const int TracesPerSearch = 50;
    private static readonly string[] Order = ["startTime", "spanID"];

    /// <summary>The traces that the store has.</summary>
    public async Task<Dictionary<TraceId, Trace>> FetchAsync(IReadOnlyList<TraceId> traceIds, CancellationToken cancellation)
    {
        var traces = new Dictionary<TraceId, Trace>();
        foreach (var some in traceIds.Chunk(TracesPerSearch))
            await FetchAsync(some, traces, cancellation);
        return traces;
    }

    private async Task FetchAsync(TraceId[] traceIds, Dictionary<TraceId, Trace> traces, CancellationToken cancellation)
    {
        var found = new List<(string Index, string Id, JsonElement Source)>();
        await search.ScanAsync(
            names.Spans + "*", json => TagQuery.WriteTerms(json, "traceID", traceIds.SelectMany(FormsOf)), Order, hit => found.Add(Copy(hit)), cancellation);
        var known = await definitions.ReadAsync(found.Select(f => (f.Index, f.Source)), cancellation);
        foreach (var group in found.Select(f => Decode(f.Id, f.Source, known)).GroupBy(s => s.TraceId))
            traces[group.Key] = new Trace(group.Key, [.. group.Order(SpanOrder.Instance)]);
    }

    private static (string, string, JsonElement) Copy(JsonElement hit) =>
        (hit.GetProperty("_index").GetString()!, hit.GetProperty("_id").GetString()!, hit.GetProperty("_source").Clone());

    private static Span Decode(string id, JsonElement source, DefinitionSet known)
    {
        try
        {
            return SpanDocumentReader.Read(source, known);
        }
        catch (Exception e) when (e is EncodingException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            throw new StoreUnavailableException($"The document {id} is not one that this version can read: {e.Message}", e);
        }
    }

    // Jaeger before version 2 left out an upper half of zeros.
    private static IEnumerable<string> FormsOf(TraceId id)
    {
        var text = id.ToString();
        yield return text;
        if (id.High == 0)
            yield return text[16..];
    }
}
