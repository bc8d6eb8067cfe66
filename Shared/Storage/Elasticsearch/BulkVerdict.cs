namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>Decides by status what becomes of items and requests (Elasticsearch, Bulk API). Pure.</summary>
internal static class BulkVerdict
{
    /// <summary>An item's own status.</summary>
    public static BulkDecision OfItem(int status) => status switch
    {
        >= 200 and < 300 => BulkDecision.Stored,
        // With "create" and an id that says what the document is.
        409 => BulkDecision.Repeated,
        // 403: the index is blocked, as on a full disk. 404: no index, and none may be made. 401, 408, 429, 5xx: the server's state.
        401 or 403 or 404 or 408 or 429 or >= 500 => BulkDecision.Retry,
        >= 400 => BulkDecision.Refused,
        _ => BulkDecision.Retry,
    };

    /// <summary>The status of the whole response.</summary>
    public static BulkDecision OfRequest(int status) => status switch
    {
        >= 200 and < 300 => BulkDecision.ReadItems,
        413 => BulkDecision.Halve,
        _ => BulkDecision.Retry,
    };
}
