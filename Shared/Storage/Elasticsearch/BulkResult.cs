namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>The final word on one item: <see cref="BulkDecision.Stored"/>, <see cref="BulkDecision.Repeated"/> or <see cref="BulkDecision.Refused"/> with the reason.</summary>
internal readonly record struct BulkResult(BulkItem Item, BulkDecision Decision, string? Reason);
