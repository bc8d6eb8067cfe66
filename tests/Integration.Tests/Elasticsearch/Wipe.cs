using System.Text.Json;

namespace Pipeline.Integration.Tests.Elasticsearch;

/// <summary>Removes what a test wrote.</summary>
internal static class Wipe
{
    /// <summary>Deletes all indices and templates of a prefix.</summary>
    public static async Task IndicesAsync(HttpClient http, Uri server, string prefix)
    {
        using var listed = JsonDocument.Parse(await http.GetStringAsync(new Uri(server, $"/_cat/indices/{prefix}-*?format=json&h=index")));
        foreach (var index in listed.RootElement.EnumerateArray())
            (await http.DeleteAsync(new Uri(server, "/" + index.GetProperty("index").GetString()))).Dispose();
        (await http.DeleteAsync(new Uri(server, $"/_index_template/{prefix}-*"))).Dispose();
    }
}
