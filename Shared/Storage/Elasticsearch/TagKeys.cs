namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>
/// Which attribute keys are fields in which index, so that no index gets more fields than its limit: past it, keys go to <c>tags</c>, where they are kept but
/// make no field. The first come are the first served.
/// </summary>
internal sealed class TagKeys(int limit)
{
    // Spans of many days at once come from clocks that are wrong; they do not make memory grow.
    private const int MaxIndices = 64;

    private readonly Dictionary<string, HashSet<string>> _fields = [];

    /// <summary>True when the index's fields are known.</summary>
    public bool Knows(string index) => _fields.ContainsKey(index);

    /// <summary>Takes over what an index has.</summary>
    public void Load(string index, IEnumerable<string> fields)
    {
        if (_fields.Count >= MaxIndices)
            _fields.Clear();
        _fields[index] = [.. fields];
    }

    /// <summary>Forgets an index, so that it is loaded again.</summary>
    public void Forget(string index) => _fields.Remove(index);

    /// <summary>True when this field may be written.</summary>
    public bool TryUse(string index, string field)
    {
        if (!_fields.TryGetValue(index, out var fields))
            return false;
        return fields.Contains(field) || (fields.Count < limit && fields.Add(field));
    }
}
