using System.Collections;

namespace Pipeline.Shared.Model;

/// <summary>
/// Attributes in the order in which they were sent, with unique keys. Equality ignores the order, as OTLP and Avro maps do.
/// Lookups walk the list: a span has a few tens of attributes.
/// </summary>
public sealed class AttributeList : IReadOnlyList<KeyValuePair<string, AttributeValue>>, IEquatable<AttributeList>
{
    // Up to here comparing all keys is faster than hashing them.
    private const int FewItems = 16;

    private readonly List<KeyValuePair<string, AttributeValue>> _items = [];

    /// <summary>No attributes; never add to this one.</summary>
    public static AttributeList Empty { get; } = new() { IsFrozen = true };

    /// <inheritdoc/>
    public int Count => _items.Count;

    private bool IsFrozen { get; init; }

    /// <inheritdoc/>
    public KeyValuePair<string, AttributeValue> this[int index] => _items[index];

    /// <summary>The value of a key, or null where the key is absent.</summary>
    public AttributeValue? this[string key] => IndexOf(key) is var index and >= 0 ? _items[index].Value : null;

    /// <summary>Sets a key; where it is already there the last value wins and takes the last place.</summary>
    public void Add(string key, AttributeValue value)
    {
        if (IsFrozen)
            throw new InvalidOperationException("The shared empty list of attributes cannot be added to.");
        if (IndexOf(key) is var index and >= 0)
            _items.RemoveAt(index);
        _items.Add(new(key, value));
    }

    /// <summary>Sets a text value.</summary>
    public void Add(string key, string value) => Add(key, AttributeValue.From(value));

    /// <summary>The text under a key, or null where the key is absent or holds no text.</summary>
    public string? Text(string key) => this[key] is { Kind: AttributeValueKind.String } value ? value.AsString : null;

    /// <inheritdoc/>
    public bool Equals(AttributeList? other) => other is not null && Count == other.Count && _items.TrueForAll(a => other[a.Key] is { } value && value == a.Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as AttributeList);

    /// <inheritdoc/>
    public override int GetHashCode() => _items.Aggregate(Count, (hash, a) => hash ^ a.Key.GetHashCode(StringComparison.Ordinal));

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, AttributeValue>> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Adds without looking whether the key is there already; <see cref="KeepLastOfEachKey"/> must follow.</summary>
    internal void Append(string key, AttributeValue value) => _items.Add(new(key, value));

    /// <summary>Removes what a later value of the same key replaces. Takes time in proportion to the count, which a sender may have made large.</summary>
    internal void KeepLastOfEachKey()
    {
        if (_items.Count <= FewItems)
        {
            for (var i = _items.Count - 2; i >= 0; i--)
                if (IndexOf(_items[i].Key, i + 1) >= 0)
                    _items.RemoveAt(i);
            return;
        }

        var seen = new HashSet<string>(_items.Count, StringComparer.Ordinal);
        var kept = new bool[_items.Count];
        for (var i = _items.Count - 1; i >= 0; i--)
            kept[i] = seen.Add(_items[i].Key);
        if (seen.Count == kept.Length)
            return;
        var index = 0;
        _items.RemoveAll(_ => !kept[index++]);
    }

    private int IndexOf(string key, int start = 0)
    {
        for (var i = start; i < _items.Count; i++)
            if (_items[i].Key == key)
                return i;
        return -1;
    }
}
