using System.Net;
using System.Text.Json;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>What a node answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body.</param>
/// <param name="RetryAfter">How long the node asks to be left alone; null when it does not say.</param>
internal sealed record ElasticsearchResponse(HttpStatusCode Status, byte[] Body, TimeSpan? RetryAfter)
{
    private const int MaxReasonLength = 500;

    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>True for statuses that say nothing about the request, only about the server's state.</summary>
    public bool IsOverload => (int)Status is 429 or 502 or 503 or 504;

    /// <summary>The body as JSON. Throws <see cref="StoreUnavailableException"/> when it is none.</summary>
    public JsonDocument ToJson()
    {
        try
        {
            return JsonDocument.Parse(Body);
        }
        catch (JsonException e)
        {
            var text = Shorten(System.Text.Encoding.UTF8.GetString(Body));
            throw new StoreUnavailableException($"Elasticsearch answered with {(int)Status} and something that is not JSON: {text}", e);
        }
    }

    /// <summary>The status and what the server said about it.</summary>
    public string Explain() => $"{(int)Status} {Shorten(Reason())}{Hint()}";

    private string Hint() => Status switch
    {
        HttpStatusCode.Unauthorized => " Check Elasticsearch:UserName, Password, ApiKey or BearerToken.",
        HttpStatusCode.Forbidden => " The user lacks a privilege, or the index is blocked (a full disk does that).",
        _ => "",
    };

    private string Reason()
    {
        try
        {
            using var json = JsonDocument.Parse(Body);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("error", out var error))
                return error.ValueKind == JsonValueKind.Object && error.TryGetProperty("reason", out var reason) ? reason.ToString() : error.ToString();
        }
        catch (JsonException)
        {
            // Not JSON: a proxy's page. Its text is all there is to say.
            return System.Text.Encoding.UTF8.GetString(Body);
        }

        return System.Text.Encoding.UTF8.GetString(Body);
    }

    private static string Shorten(string text) => text.Length <= MaxReasonLength ? text : text[..MaxReasonLength] + "…";
}
