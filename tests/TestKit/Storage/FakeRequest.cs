namespace Pipeline.TestKit.Storage;

/// <summary>A request that <see cref="FakeElasticsearch"/> got.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">Path and query.</param>
/// <param name="Body">The body as text.</param>
/// <param name="ContentLength">The declared length; null when it was not declared.</param>
/// <param name="ContentType">The content type.</param>
/// <param name="Authorization">The header; empty for none.</param>
public sealed record FakeRequest(string Method, string Path, string Body, long? ContentLength, string ContentType, string Authorization)
{
    /// <summary>The documents' ids of a bulk request, in order.</summary>
    public IReadOnlyList<string> BulkIds => [.. FakeElasticsearch.ReadActions(Body).Select(a => a.Id)];
}
