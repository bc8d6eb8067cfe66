using System.Text.Json;
using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>Finds traces: candidates from the index, the exact answer from their spans, more candidates while these may still change it.</summary>
internal sealed class TraceSearch(SearchClient search, TraceFetch fetch, IndexNames names)
{
    // More resources than this are no filter any more.
    private const int MaxResources = 5000;

    // The server's limit on buckets is 65,535.
    private const int MaxCandidates = 60_000;

    private const int SpareCandidates = 10;
    private const int TracesAtOnce = 200;

    /// <summary>The matching traces, whole, newest first.</summary>
    public async Task<List<Trace>> FindAsync(TraceQuery query, CancellationToken cancellation)
    {
        var resources = await FindResourcesAsync(query, cancellation);
        var match = new SpanMatch(query);
        var traces = new Dictionary<TraceId, Trace?>();
        var newest = new NewestTraces(query.Limit);
        for (var size = query.Limit + SpareCandidates; ; size = Math.Min(size * 4, MaxCandidates))
        {
            var candidates = await FindCandidatesAsync(query, resources, size, cancellation);
            if (await JudgeAsync(candidates, match, traces, newest, cancellation) || candidates.Count < size)
                return [.. newest.Ids.Select(id => traces[id]!)];
            if (size == MaxCandidates)
                throw new StoreUnavailableException($"The search has more than {size} candidates and cannot be answered whole. Narrow it down.");
        }
    }

    // True when no further candidate can change the result.
    private async Task<bool> JudgeAsync(
        List<(TraceId Id, long StartMicros)> candidates, SpanMatch match, Dictionary<TraceId, Trace?> traces, NewestTraces newest, CancellationToken cancellation)
    {
        foreach (var some in candidates.Chunk(TracesAtOnce))
        {
            // Whatever comes from here on starts no later than this; the microsecond may hold 999 ns more.
            if (newest.IsFinal(some[0].StartMicros * 1000 + 999))
                return true;
            await JudgeAsync([.. some.Select(c => c.Id).Where(id => !traces.ContainsKey(id))], match, traces, newest, cancellation);
        }

        return candidates.Count > 0 && newest.IsFinal(candidates[^1].StartMicros * 1000 + 999);
    }

    private async Task JudgeAsync(List<TraceId> unknown, SpanMatch match, Dictionary<TraceId, Trace?> traces, NewestTraces newest, CancellationToken cancellation)
    {
        var fetched = await fetch.FetchAsync(unknown, cancellation);
        foreach (var id in unknown)
        {
            // What does not match is looked at only once, and not kept.
            traces[id] = null;
            if (!fetched.TryGetValue(id, out var trace) || match.LatestStart(trace.Spans) is not { } start)
                continue;
            traces[id] = trace;
            newest.Add(id, start);
        }
    }

    private async Task<List<(TraceId Id, long StartMicros)>> FindCandidatesAsync(
        TraceQuery query, IReadOnlyDictionary<string, IReadOnlyCollection<string>> resources, int size, CancellationToken cancellation)
    {
        using var answer = await search.SearchAsync(names.Spans + "*", json => TraceSearchBody.Write(json, query, resources, size), cancellation);
        var candidates = new List<(TraceId, long)>();
        if (!answer.RootElement.TryGetProperty("aggregations", out var aggregations))
            return candidates;
        foreach (var bucket in aggregations.GetProperty("traces").GetProperty("buckets").EnumerateArray())
            if (TraceId.TryParse(bucket.GetProperty("key").GetString(), out var id))
                candidates.Add((id, (long)bucket.GetProperty("start").GetProperty("value").GetDouble()));
        return candidates;
    }

    // The resources that carry each tag. A tag that very many carry is left out: the exact check decides on it alone.
    private async Task<Dictionary<string, IReadOnlyCollection<string>>> FindResourcesAsync(TraceQuery query, CancellationToken cancellation)
    {
        var resources = new Dictionary<string, IReadOnlyCollection<string>>();
        foreach (var (key, value) in query.Tags)
        {
            if (TraceSearchBody.IsAbsence(key, value))
                continue;
            var token = TagToken.Of(ContentHash.OfPair(key, value));
            using var answer = await search.SearchAsync(names.Definitions + "*", json => WriteResourceQuery(json, token), cancellation);
            var hits = answer.RootElement.GetProperty("hits").GetProperty("hits");
            if (hits.GetArrayLength() < MaxResources)
                resources[key] = hits.EnumerateArray().Select(h => h.GetProperty("_id").GetString()!).ToHashSet();
        }

        return resources;
    }

    private static void WriteResourceQuery(Utf8JsonWriter json, string token)
    {
        json.WriteNumber("size"u8, MaxResources);
        json.WriteBoolean("_source"u8, false);
        json.WritePropertyName("query"u8);
        TagQuery.WriteTerm(json, "pairs", token);
    }
}
