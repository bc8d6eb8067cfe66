namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>Deletes dated indices whose whole period is older than the retention. Only names that this store would give are touched.</summary>
internal sealed class IndexRetention(ElasticsearchClient client, ElasticsearchOptions options, IndexNames names, TimeProvider time)
{
    public async Task DeleteExpiredAsync(CancellationToken cancellation)
    {
        var cutoff = time.GetUtcNow() - options.MaxSpanAge;
        foreach (var kind in names.All)
            foreach (var index in await ListAsync(kind, cancellation))
                if (names.StartOf(kind, index) is { } start && start + names.Period <= cutoff)
                    await DeleteAsync(index, cancellation);
    }

    private async Task<List<string>> ListAsync(string kind, CancellationToken cancellation)
    {
        var response = await client.DemandAsync(HttpMethod.Get, $"/_cat/indices/{kind}*?format=json&h=index&expand_wildcards=open,closed", null, cancellation);
        using var json = response.ToJson();
        return [.. json.RootElement.EnumerateArray().Select(i => i.GetProperty("index").GetString()!)];
    }

    private async Task DeleteAsync(string index, CancellationToken cancellation)
    {
        var response = await client.SendAsync(HttpMethod.Delete, $"/{index}?ignore_unavailable=true", null, cancellation);
        if (!response.IsSuccess)
            throw new StoreUnavailableException($"Elasticsearch did not delete the expired index {index}: {response.Explain()}");
    }
}
