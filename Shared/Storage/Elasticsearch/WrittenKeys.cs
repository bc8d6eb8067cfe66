namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>
/// Which documents beside the spans (services, definitions) are stored, so that each is written once an index and not once a span. Bounded: when full it starts
/// afresh, which costs repeated writes that change nothing.
/// </summary>
internal sealed class WrittenKeys
{
    private const int MaxKeys = 200_000;

    private readonly HashSet<string> _stored = [];
    private readonly HashSet<string> _pending = [];

    /// <summary>True when the document must be written; it then counts as on its way.</summary>
    public bool Begin(string key) => !_stored.Contains(key) && _pending.Add(key);

    /// <summary>The document is stored.</summary>
    public void Confirm(string key)
    {
        _pending.Remove(key);
        if (_stored.Count >= MaxKeys)
            _stored.Clear();
        _stored.Add(key);
    }

    /// <summary>Forgets what was on its way and was not confirmed.</summary>
    public void Abandon() => _pending.Clear();
}
