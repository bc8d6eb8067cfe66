namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>The Elasticsearch or OpenSearch store. Section <c>Elasticsearch</c>.</summary>
public sealed class ElasticsearchOptions
{
    /// <summary>The nodes, as http or https URLs. Requests go round; a node that fails is left out for <see cref="NodeEjectionTime"/>. Default http://localhost:9200.</summary>
    public IList<string> Nodes { get; set; } = [];

    /// <summary>User name for basic authentication; with <see cref="Password"/>. At most one of basic, API key and bearer token.</summary>
    public string? UserName { get; set; }

    /// <summary>The user's password.</summary>
    public string? Password { get; set; }

    /// <summary>An API key in its encoded form (base64 of <c>id:key</c>).</summary>
    public string? ApiKey { get; set; }

    /// <summary>A bearer token.</summary>
    public string? BearerToken { get; set; }

    /// <summary>A PEM file of certificates that servers' certificates must chain to, in place of the system's; null for the system's.</summary>
    public string? CaFile { get; set; }

    /// <summary>What index names begin with, before a dash; lower case. Empty for none, as Jaeger's <c>index_prefix</c>.</summary>
    public string IndexPrefix { get; set; } = "";

    /// <summary>The date in index names: a .NET format of yyyy, MM, dd and perhaps HH (for hourly indices) with '-', '.' or '_' in between. Default <c>yyyy-MM-dd</c>.</summary>
    public string DateLayout { get; set; } = "yyyy-MM-dd";

    /// <summary>Shards of each index, 1 to 1,024. Default 1.</summary>
    public int ShardCount { get; set; } = 1;

    /// <summary>Replicas of each index, 0 to 10. Default 1.</summary>
    public int ReplicaCount { get; set; } = 1;

    /// <summary>After how long what was written can be found, 100 ms to 5 min. Default 5 s: fewer refreshes save the cluster's CPU.</summary>
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Dated indices whose last day is longer ago than this are deleted, 1 h to 3,650 days. Default 3 days, as Jaeger's <c>max_span_age</c>.</summary>
    public TimeSpan MaxSpanAge { get; set; } = TimeSpan.FromDays(3);

    /// <summary>How many distinct attribute keys an index makes fields of, 10 to 1,900; further keys are kept in <c>tags</c>. Default 800.</summary>
    public int TagKeyLimit { get; set; } = 800;

    /// <summary>Resource attributes that Jaeger's own search finds spans by; this pipeline's search finds all. Default: pod, host, instance, version, environment.</summary>
    public IList<string> SearchableResourceAttributes { get; set; } = [];

    /// <summary>Size of a bulk request, 64 KiB to 90 MiB; one larger document goes alone. Default 8 MiB.</summary>
    public int BulkBytes { get; set; } = 8 << 20;

    /// <summary>How often one bulk request is sent before the store counts as away, 1 to 20. Default 4.</summary>
    public int AttemptCount { get; set; } = 4;

    /// <summary>The wait before the first repetition, doubled each time, 1 ms to 1 min. Default 200 ms.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long one request may take, 100 ms to 10 min. Default 30 s.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection may take to be made, 100 ms to 1 min. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a failed node is left out, 0 to 10 min; with all nodes out, the one that is due first is tried. Default 30 s.</summary>
    public TimeSpan NodeEjectionTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Documents in one page of an answer, 10 to 10,000. Default 10,000, as Jaeger's <c>max_doc_count</c>.</summary>
    public int MaxDocCount { get; set; } = 10_000;

    /// <summary>The nodes, or the default one.</summary>
    internal IReadOnlyList<Uri> NodeUris => Nodes.Count == 0 ? [new Uri("http://localhost:9200")] : [.. Nodes.Select(n => new Uri(n))];

    /// <summary>The resource attributes that Jaeger finds spans by, or the default ones.</summary>
    internal IReadOnlyList<string> ResourceAllowList => SearchableResourceAttributes.Count > 0 ? [.. SearchableResourceAttributes] : DefaultResourceAttributes;

    private static readonly string[] DefaultResourceAttributes =
        ["k8s.pod.name", "host.name", "service.instance.id", "service.version", "deployment.environment.name"];
}
