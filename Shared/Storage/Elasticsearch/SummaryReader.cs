using System.Text.Json;
using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>Reads what was decided about traces from the summaries of their pieces.</summary>
internal sealed class SummaryReader(SearchClient search, IndexNames names)
{
    private const int TracesPerSearch = 500;
    private static readonly string[] Order = ["startTimeMillis", "traceID"];

    /// <summary>Rule, reason and threshold of each trace: those of the first piece that was not late, of the earliest decision else.</summary>
    public async Task<Dictionary<TraceId, PieceDecision>> ReadAsync(IReadOnlyList<TraceId> traceIds, CancellationToken cancellation)
    {
        var decisions = new Dictionary<TraceId, PieceDecision>();
        foreach (var some in traceIds.Chunk(TracesPerSearch))
        {
            await search.ScanAsync(names.Summaries + "*", json => TagQuery.WriteTerms(json, "traceID", some.Select(id => id.ToString())), Order,
                hit => Merge(decisions, hit.GetProperty("_source")), cancellation);
        }

        return decisions;
    }

    private static void Merge(Dictionary<TraceId, PieceDecision> decisions, JsonElement source)
    {
        if (!TraceId.TryParse(source.GetProperty("traceID").GetString(), out var id))
            return;
        var decision = PieceDecision.Read(source);
        if (!decisions.TryGetValue(id, out var known) || decision.IsBefore(known))
            decisions[id] = decision;
    }
}
