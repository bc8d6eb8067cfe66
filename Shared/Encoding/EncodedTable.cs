namespace Pipeline.Shared.Encoding;

/// <summary>
/// Encoded resources or scopes of one open record, each once. Lookups compare bytes; a record has few of them.
/// </summary>
internal sealed class EncodedTable : IDisposable
{
    private readonly AvroWriter _content = new(512);
    private readonly Dictionary<int, int> _indexByHash = [];
    private readonly List<(int Start, int End)> _entries = [];

    public int Count => _entries.Count;

    public int LengthBytes => _content.Length;

    /// <summary>The index of these bytes, which are added where they are new.</summary>
    public int IndexOf(ReadOnlySpan<byte> encoded)
    {
        var hash = Hash(encoded);
        // Two contents with one hash are told apart: the next free hash is tried.
        while (_indexByHash.TryGetValue(hash, out var index))
        {
            var (start, end) = _entries[index];
            if (_content.Written[start..end].SequenceEqual(encoded))
                return index;
            hash++;
        }

        var begin = _content.Length;
        _content.WriteRaw(encoded);
        _entries.Add((begin, _content.Length));
        return _indexByHash[hash] = _entries.Count - 1;
    }

    /// <summary>Writes the table as an Avro array.</summary>
    public void WriteTo(AvroWriter writer)
    {
        var block = writer.BeginBlock();
        writer.WriteRaw(_content.Written);
        writer.EndBlock(block, _entries.Count);
    }

    public void Clear()
    {
        _content.Truncate();
        _indexByHash.Clear();
        _entries.Clear();
    }

    public void Dispose() => _content.Dispose();

    // Differs from process to process, so that no sender can choose contents that meet in one hash.
    private static int Hash(ReadOnlySpan<byte> encoded)
    {
        var hash = default(HashCode);
        hash.AddBytes(encoded);
        return hash.ToHashCode();
    }
}
