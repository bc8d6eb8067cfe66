using System.Net;

namespace Pipeline.TestKit.Storage;

/// <summary>What <see cref="FakeElasticsearch"/> is to answer.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body.</param>
/// <param name="RetryAfterSeconds">The header; null for none.</param>
/// <param name="Hangs">True to apply the request and then never answer.</param>
public sealed record FakeAnswer(HttpStatusCode Status, string Body, int? RetryAfterSeconds = null, bool Hangs = false);
