namespace Pipeline.Shared.Storage;

/// <summary>Where traces are kept. Section <c>Store</c>; the chosen store has a section of its own.</summary>
public sealed class StoreOptions
{
    /// <summary>The store: <c>Sqlite</c> or <c>Elasticsearch</c>. Default <c>Sqlite</c>.</summary>
    public StoreKind Kind { get; set; }
}
