using System.Text.Json;
using Pipeline.Shared.Model;
using Pipeline.Shared.Storage;

namespace Pipeline.Query.Search;

/// <summary>Reads the parameters of <c>/api/traces</c> (jaegerquery/internal/query_parser.go).</summary>
internal static class TraceQueryParser
{
    /// <summary>The largest number of traces that one request may ask for.</summary>
    public const int MaxLimit = 1500;

    private const int StandardLimit = 100;
    private static readonly TimeSpan StandardRange = TimeSpan.FromDays(2);

    /// <summary>The search; where <see cref="RequestParameters.Error"/> is set afterwards, it means nothing.</summary>
    public static TraceSearch Parse(RequestParameters parameters, DateTimeOffset now, bool isServiceRequired)
    {
        var traceIds = ParseTraceIds(parameters);
        var isRaw = parameters.Flag("raw");
        if (isServiceRequired && traceIds.Count == 0)
            parameters.RequiredText("service");
        return new TraceSearch(traceIds, ParseQuery(parameters, now), isRaw);
    }

    private static TraceQuery ParseQuery(RequestParameters parameters, DateTimeOffset now)
    {
        var end = parameters.Microseconds("end") ?? now;
        var start = parameters.Microseconds("start") ?? (end < now ? end : now) - StandardRange;
        if (start > end)
            parameters.Fail("'end' must not be before 'start'");
        var (min, max) = (parameters.DurationNano("minDuration"), parameters.DurationNano("maxDuration"));
        if (max < min)
            parameters.Fail("'maxDuration' should be greater than 'minDuration'");
        return new TraceQuery
        {
            Service = NullIfEmpty(parameters.Text("service")),
            Operation = NullIfEmpty(parameters.Text("operation")),
            StartMin = start,
            StartMax = end,
            DurationMin = min is { } shortest ? TimeSpan.FromTicks(shortest / TimeSpan.NanosecondsPerTick) : null,
            DurationMax = max is { } longest ? TimeSpan.FromTicks(longest / TimeSpan.NanosecondsPerTick) : null,
            Tags = ParseTags(parameters),
            Limit = (int)parameters.Number("limit", StandardLimit, 1, MaxLimit),
        };
    }

    private static List<TraceId> ParseTraceIds(RequestParameters parameters)
    {
        var ids = new List<TraceId>();
        foreach (var text in parameters.Texts("traceID"))
        {
            if (!TraceIdText.TryParse(text, out var id))
                parameters.FailToParse("traceID", $"'{text}' is not a trace id (1 to 32 hex digits, not all zero)");
            else if (!ids.Contains(id))
                ids.Add(id);
        }

        return ids;
    }

    private static Dictionary<string, string> ParseTags(RequestParameters parameters)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in parameters.Texts("tag"))
        {
            var colon = pair.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
                parameters.Fail($"malformed 'tag' parameter, expecting key:value, received: {pair}");
            else
                tags[pair[..colon]] = pair[(colon + 1)..];
        }

        foreach (var json in parameters.Texts("tags"))
            ParseTagObject(parameters, json, tags);
        return tags;
    }

    private static void ParseTagObject(RequestParameters parameters, string json, Dictionary<string, string> tags)
    {
        const string Malformed = "malformed 'tags' parameter, ";
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 4 });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                parameters.Fail(Malformed + """expecting a JSON object of strings such as {"error":"true"}""");
            else
                foreach (var tag in document.RootElement.EnumerateObject())
                {
                    if (tag.Value.ValueKind == JsonValueKind.String)
                        tags[tag.Name] = tag.Value.GetString()!;
                    else
                        parameters.Fail($"{Malformed}the value of '{tag.Name}' must be a string (in quotes), not {tag.Value.GetRawText()}");
                }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            parameters.Fail(Malformed + "cannot unmarshal JSON: " + exception.Message);
        }
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
