using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>What a span's document is made of.</summary>
/// <param name="Span">The span.</param>
/// <param name="Index">Where it goes.</param>
/// <param name="Resource">Its rendered resource.</param>
/// <param name="ScopeId">The definition of its scope; null where name and version say it all.</param>
/// <param name="Encoded">The span in Avro, without resource and scope.</param>
/// <param name="IsPlain">True to make no fields of its attributes: for a span that the index refused otherwise.</param>
internal readonly record struct SpanDocument(Span Span, string Index, ResourceDocument Resource, string? ScopeId, ReadOnlyMemory<byte> Encoded, bool IsPlain);
