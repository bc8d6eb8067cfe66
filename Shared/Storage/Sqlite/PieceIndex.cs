using System.Runtime.InteropServices;
using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage.Sqlite;

/// <summary>Gathers what one piece can be found by. Used again for the next piece.</summary>
internal sealed class PieceIndex
{
    private readonly Dictionary<(string Service, string? Operation), PieceBounds> _bounds = [];
    private readonly HashSet<ulong> _pairs = [];
    private readonly HashSet<Resource> _resources = new(ReferenceEqualityComparer.Instance);
    private readonly Action<string, string> _addPair;
    private PieceBounds _all = PieceBounds.None;

    public PieceIndex() => _addPair = (key, value) => _pairs.Add(ContentHash.OfPair(key, value));

    public PieceBounds All => _all;

    public IReadOnlyDictionary<(string Service, string? Operation), PieceBounds> ByKey => _bounds;

    public IReadOnlyCollection<ulong> Pairs => _pairs;

    public void Add(Span span)
    {
        var service = span.Resource.ServiceName;
        _all.Add(span);
        Add((service, null), span);
        Add((service, span.Name), span);
        SpanTags.Visit(span, _addPair);
        if (_resources.Add(span.Resource))
            SpanTags.Visit(span.Resource.Attributes, _addPair);
    }

    public void Clear()
    {
        _bounds.Clear();
        _pairs.Clear();
        _resources.Clear();
        _all = PieceBounds.None;
    }

    private void Add((string, string?) key, Span span)
    {
        ref var bounds = ref CollectionsMarshal.GetValueRefOrAddDefault(_bounds, key, out var exists);
        if (!exists)
            bounds = PieceBounds.None;
        bounds.Add(span);
    }
}
