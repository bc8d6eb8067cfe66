using System.Globalization;
using System.Text.Json.Nodes;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>The index templates that the store installs. They are composable ones, and so win over those that Jaeger installs itself.</summary>
internal static class IndexTemplates
{
    /// <summary>Every template's name and body.</summary>
    public static IEnumerable<(string Name, string Body)> Build(ElasticsearchOptions options, IndexNames names)
    {
        yield return Build("tracing-jaeger-span", "span-template.json", names.Spans, options, names);
        yield return Build("tracing-jaeger-service", "service-template.json", names.Services, options, names);
        yield return Build("tracing-jaeger-dependencies", "dependencies-template.json", names.Dependencies, options, names);
        yield return Build("tracing-summary", "summary-template.json", names.Summaries, options, names);
        yield return Build("tracing-definition", "definition-template.json", names.Definitions, options, names);
    }

    private static (string, string) Build(string name, string resource, string kind, ElasticsearchOptions options, IndexNames names)
    {
        var template = Load(resource);
        template["index_patterns"] = new JsonArray(kind + "*");
        var settings = template["template"]!["settings"]!["index"]!;
        settings["number_of_shards"] = options.ShardCount;
        settings["number_of_replicas"] = options.ReplicaCount;
        settings["refresh_interval"] = ((long)options.RefreshInterval.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) + "ms";
        if (template["template"]!["mappings"]!["properties"]!["process"] is { } process)
            foreach (var key in options.ResourceAllowList)
                process["properties"]!["tag"]!["properties"]![TagNames.ToField(key)] =
                    new JsonObject { ["type"] = "keyword", ["ignore_above"] = TagNames.MaxSearchableLength, ["doc_values"] = false };
        return (names.Prefix + name, template.ToJsonString());
    }

    private static JsonNode Load(string resource)
    {
        using var stream = typeof(IndexTemplates).Assembly.GetManifestResourceStream(resource)!;
        return JsonNode.Parse(stream)!;
    }
}
