namespace Pipeline.Shared.Storage;

/// <summary>Which store a process uses.</summary>
public enum StoreKind
{
    /// <summary>The embedded store: one file.</summary>
    Sqlite,

    /// <summary>Elasticsearch or OpenSearch.</summary>
    Elasticsearch,
}
