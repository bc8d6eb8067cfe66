using System.Collections.Concurrent;
using System.Text.Json;
using Pipeline.Shared.Encoding;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>
/// Looks up the definitions that spans name. They are got by id, which shows them before any refresh, and remembered: an id says its content.
/// A definition that is gone, or a span that Jaeger wrote, is read from Jaeger's fields.
/// </summary>
internal sealed class DefinitionReader(ElasticsearchClient client, IndexNames names)
{
    private const int MaxCached = 20_000;
    private const int MaxPerRequest = 500;

    private readonly ConcurrentDictionary<string, byte[]> _cache = new();

    /// <summary>The definitions of these documents.</summary>
    public async Task<DefinitionSet> ReadAsync(IEnumerable<(string Index, JsonElement Source)> documents, CancellationToken cancellation)
    {
        var wanted = new Dictionary<string, string>();
        foreach (var (index, source) in documents)
        {
            Add(wanted, index, source, "resource");
            Add(wanted, index, source, "scope");
        }

        foreach (var some in wanted.Where(w => !_cache.ContainsKey(w.Key)).Chunk(MaxPerRequest))
            await FetchAsync(some, cancellation);
        return Decode(wanted.Keys);
    }

    private void Add(Dictionary<string, string> wanted, string index, JsonElement source, string field)
    {
        if (source.TryGetProperty(field, out var id) && id.ValueKind == JsonValueKind.String && index.StartsWith(names.Spans, StringComparison.Ordinal))
            wanted[id.GetString()!] = IndexNames.Sibling(index, names.Spans, names.Definitions);
    }

    private async Task FetchAsync(KeyValuePair<string, string>[] wanted, CancellationToken cancellation)
    {
        var body = SearchClient.Render(json => Write(json, wanted));
        var response = await client.DemandAsync(HttpMethod.Post, "/_mget", body, cancellation);
        using var answer = response.ToJson();
        if (_cache.Count > MaxCached)
            _cache.Clear();
        foreach (var document in answer.RootElement.GetProperty("docs").EnumerateArray())
            if (document.TryGetProperty("found", out var found) && found.GetBoolean())
                _cache[document.GetProperty("_id").GetString()!] = document.GetProperty("_source").GetProperty("avro").GetBytesFromBase64();
    }

    private static void Write(Utf8JsonWriter json, KeyValuePair<string, string>[] wanted)
    {
        json.WriteStartArray("docs"u8);
        foreach (var (id, index) in wanted)
        {
            json.WriteStartObject();
            json.WriteString("_index"u8, index);
            json.WriteString("_id"u8, id);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private DefinitionSet Decode(IEnumerable<string> ids)
    {
        var set = new DefinitionSet();
        foreach (var id in ids)
        {
            if (!_cache.TryGetValue(id, out var encoded))
                continue;
            var reader = new AvroReader(encoded);
            if (id[0] == 'r')
                set.Resources[id] = ModelDecoder.ReadResource(ref reader);
            else
                set.Scopes[id] = ModelDecoder.ReadScope(ref reader);
        }

        return set;
    }
}
