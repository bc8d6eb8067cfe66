using Microsoft.AspNetCore.Http.Features;

namespace Pipeline.Query.Serve;

/// <summary>
/// Segments of the path as the client sent it. Routing sees a path in which everything is decoded but <c>%2F</c>, so that "a%2Fb" and "a%252Fb" look the same there.
/// </summary>
internal static class RawPath
{
    /// <summary>A segment, decoded once, counted from the last one (0).</summary>
    public static string DecodedSegment(HttpContext context, int fromEnd)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.Split('?', 2)[0].TrimEnd('/');
        var segments = path.Split('/');
        return Uri.UnescapeDataString(segments[^(fromEnd + 1)]);
    }
}
