namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>What a bulk response says about one item.</summary>
/// <param name="Status">Its HTTP status.</param>
/// <param name="Reason">Type and reason of its error; null for success.</param>
internal readonly record struct BulkOutcome(int Status, string? Reason);
