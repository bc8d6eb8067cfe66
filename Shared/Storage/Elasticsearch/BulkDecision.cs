namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>What to do about an item, or a whole bulk request.</summary>
internal enum BulkDecision
{
    /// <summary>It is stored now.</summary>
    Stored,

    /// <summary>It was stored before.</summary>
    Repeated,

    /// <summary>The server could not take it now: the same again later.</summary>
    Retry,

    /// <summary>It will never be taken.</summary>
    Refused,

    /// <summary>The request is too large: the same in two halves.</summary>
    Halve,

    /// <summary>The items have outcomes of their own.</summary>
    ReadItems,
}
