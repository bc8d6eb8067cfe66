namespace Pipeline.Aggregator.Assemble;

/// <summary>
/// Gives one object for equal bytes, so that undecided traces share resources and scopes. Bounded: when full it starts anew, and what is in use stays with
/// its users. Single owner, no locks.
/// </summary>
internal sealed class InternTable<T>(int capacity, Func<byte[], T> create, Func<T, byte[]> bytesOf) where T : class
{
    private readonly Dictionary<int, T> _entries = [];

    public T Get(ReadOnlySpan<byte> bytes)
    {
        var hash = default(HashCode);
        hash.AddBytes(bytes);
        var key = hash.ToHashCode();
        if (_entries.TryGetValue(key, out var known) && bytesOf(known).AsSpan().SequenceEqual(bytes))
            return known;
        if (_entries.Count >= capacity)
            _entries.Clear();
        return _entries[key] = create(bytes.ToArray());
    }
}
