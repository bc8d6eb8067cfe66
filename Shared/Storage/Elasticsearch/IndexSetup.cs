using System.Net;
using System.Text.Json;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>Installs templates and looks up what indices have.</summary>
internal sealed class IndexSetup(ElasticsearchClient client, ElasticsearchOptions options, IndexNames names)
{
    private static readonly Version OldestElasticsearch = new(7, 10);

    /// <summary>Checks the server's version and installs the templates; what is there already is replaced. Indices that exist keep their mappings.</summary>
    public async Task InstallTemplatesAsync(CancellationToken cancellation)
    {
        await CheckVersionAsync(cancellation);
        foreach (var (name, body) in IndexTemplates.Build(options, names))
            await client.DemandAsync(HttpMethod.Put, "/_index_template/" + name, body, cancellation);
    }

    /// <summary>The attribute fields of an index; none where it does not exist yet.</summary>
    public async Task<IReadOnlyList<string>> ReadTagFieldsAsync(string index, CancellationToken cancellation)
    {
        var path = $"/{index}/_mapping";
        var response = await client.SendAsync(HttpMethod.Get, path, null, cancellation);
        if (response.Status == HttpStatusCode.NotFound)
            return [];
        if (!response.IsSuccess)
            throw new StoreUnavailableException($"Elasticsearch refused GET {path}: {response.Explain()}");
        using var json = response.ToJson();
        var fields = new List<string>();
        foreach (var each in json.RootElement.EnumerateObject())
            if (TryFind(each.Value, out var tags, "mappings", "properties", "tag", "properties"))
                fields.AddRange(tags.EnumerateObject().Select(t => t.Name));
        return fields;
    }

    private static bool TryFind(JsonElement element, out JsonElement found, params ReadOnlySpan<string> path)
    {
        found = element;
        foreach (var name in path)
            if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(name, out found))
                return false;
        return true;
    }

    private async Task CheckVersionAsync(CancellationToken cancellation)
    {
        var response = await client.DemandAsync(HttpMethod.Get, "/", null, cancellation);
        using var json = response.ToJson();
        if (!TryFind(json.RootElement, out var version, "version") || !version.TryGetProperty("number", out var number))
            throw new StoreUnavailableException("The server of Elasticsearch:Nodes does not answer as Elasticsearch or OpenSearch does.");
        var isOpenSearch = version.TryGetProperty("distribution", out var distribution) && distribution.ValueEquals("opensearch");
        var text = number.ToString().Split('-')[0];
        if (!isOpenSearch && Version.TryParse(text, out var parsed) && parsed < OldestElasticsearch)
            throw new StoreUnavailableException($"Elasticsearch {text} is too old: 7.10 or newer, or OpenSearch, is needed.");
    }
}
