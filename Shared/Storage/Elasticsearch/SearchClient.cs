using System.Buffers;
using System.Text.Json;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>Searches. Every answer is checked: one that leaves out a shard is an error.</summary>
internal sealed class SearchClient(ElasticsearchClient client, int pageSize)
{
    private const string Parameters = "?ignore_unavailable=true&allow_no_indices=true&allow_partial_search_results=false";

    /// <summary>Sends a search. Throws <see cref="StoreUnavailableException"/>.</summary>
    public async Task<JsonDocument> SearchAsync(string pattern, Action<Utf8JsonWriter> writeBody, CancellationToken cancellation)
    {
        var response = await client.DemandAsync(HttpMethod.Post, $"/{pattern}/_search{Parameters}", Render(writeBody), cancellation);
        var json = response.ToJson();
        try
        {
            CheckWhole(json.RootElement);
            return json;
        }
        catch
        {
            json.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Goes through all hits in the order of the fields. Pages overlap by the documents that share the last sort values, because those may go on on the next
    /// page; each hit comes once all the same.
    /// </summary>
    public async Task ScanAsync(string pattern, Action<Utf8JsonWriter> writeQuery, string[] sortFields, Action<JsonElement> visit, CancellationToken cancellation)
    {
        string? after = null;
        var seen = new HashSet<string>();
        while (true)
        {
            using var page = await SearchAsync(pattern, json => WritePage(json, writeQuery, sortFields, after), cancellation);
            var hits = page.RootElement.GetProperty("hits").GetProperty("hits");
            foreach (var hit in hits.EnumerateArray())
                if (seen.Count == 0 || !seen.Contains(IdOf(hit)))
                    visit(hit);
            var count = hits.GetArrayLength();
            if (count < pageSize)
                return;
            after = FindOverlap(hits, count, seen);
        }
    }

    /// <summary>All buckets of a composite aggregation.</summary>
    public async Task CompositeAsync(string pattern, Action<Utf8JsonWriter>? writeQuery, string[] fields, Action<JsonElement> visitKey, CancellationToken cancellation)
    {
        string? after = null;
        do
        {
            using var page = await SearchAsync(pattern, json => WriteComposite(json, writeQuery, fields, after), cancellation);
            after = null;
            if (!page.RootElement.TryGetProperty("aggregations", out var aggregations))
                return;
            var all = aggregations.GetProperty("all");
            foreach (var bucket in all.GetProperty("buckets").EnumerateArray())
                visitKey(bucket.GetProperty("key"));
            if (all.TryGetProperty("after_key", out var key))
                after = key.GetRawText();
        }
        while (after is not null);
    }

    /// <summary>A JSON object as text.</summary>
    public static string Render(Action<Utf8JsonWriter> writeBody)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer, AttributeJson.WriterOptions);
        json.WriteStartObject();
        writeBody(json);
        json.WriteEndObject();
        json.Flush();
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void CheckWhole(JsonElement answer)
    {
        if (answer.TryGetProperty("timed_out", out var timedOut) && timedOut.ValueKind == JsonValueKind.True)
            throw new StoreUnavailableException("Elasticsearch did not finish the search in time: its answer is partial.");
        if (answer.TryGetProperty("_shards", out var shards) && shards.TryGetProperty("failed", out var failed) && failed.GetInt32() is var count and > 0)
            throw new StoreUnavailableException($"Elasticsearch left out {count} shards: its answer is partial. Check the cluster's health.");
    }

    private static string IdOf(JsonElement hit) => hit.GetProperty("_index").GetString() + "/" + hit.GetProperty("_id").GetString();

    // The sort values of the last document before those that share the page's last ones; the latter are seen.
    private static string? FindOverlap(JsonElement hits, int count, HashSet<string> seen)
    {
        var last = hits[count - 1].GetProperty("sort").GetRawText();
        seen.Clear();
        for (var i = count - 1; i >= 0; i--)
        {
            var sort = hits[i].GetProperty("sort").GetRawText();
            if (sort != last)
                return sort;
            seen.Add(IdOf(hits[i]));
        }

        throw new StoreUnavailableException($"More than {count} documents share the sort values {last}: they cannot be gone through page by page.");
    }

    private void WritePage(Utf8JsonWriter json, Action<Utf8JsonWriter> writeQuery, string[] sortFields, string? after)
    {
        json.WriteNumber("size"u8, pageSize);
        json.WriteBoolean("track_total_hits"u8, false);
        json.WritePropertyName("query"u8);
        writeQuery(json);
        json.WriteStartArray("sort"u8);
        foreach (var field in sortFields)
        {
            json.WriteStartObject();
            json.WriteString(field, "asc"u8);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteAfter(json, "search_after", after);
    }

    private static void WriteComposite(Utf8JsonWriter json, Action<Utf8JsonWriter>? writeQuery, string[] fields, string? after)
    {
        json.WriteNumber("size"u8, 0);
        if (writeQuery is not null)
        {
            json.WritePropertyName("query"u8);
            writeQuery(json);
        }

        json.WriteStartObject("aggs"u8);
        json.WriteStartObject("all"u8);
        json.WriteStartObject("composite"u8);
        json.WriteNumber("size"u8, 1000);
        json.WriteStartArray("sources"u8);
        foreach (var field in fields)
            WriteSource(json, field);
        json.WriteEndArray();
        WriteAfter(json, "after", after);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteSource(Utf8JsonWriter json, string field)
    {
        json.WriteStartObject();
        json.WriteStartObject(field);
        json.WriteStartObject("terms"u8);
        json.WriteString("field"u8, field);
        json.WriteBoolean("missing_bucket"u8, true);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteAfter(Utf8JsonWriter json, string name, string? after)
    {
        if (after is null)
            return;
        json.WritePropertyName(name);
        json.WriteRawValue(after);
    }
}
