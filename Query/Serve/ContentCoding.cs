using Microsoft.Net.Http.Headers;

namespace Pipeline.Query.Serve;

/// <summary>What a client can decompress (RFC 9110, section 12.5.3).</summary>
internal static class ContentCoding
{
    /// <summary>True when gzip is named with a weight above zero.</summary>
    public static bool AcceptsGzip(HttpRequest request) =>
        StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptEncoding, out var codings)
        && codings.Any(c => c.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && c.Quality is null or > 0);
}
