using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage.Sqlite;

/// <summary>Encodes the spans of one piece one by one, so that the writer can leave out those that are stored already. Buffers are used again.</summary>
internal sealed class PieceEncoder : IDisposable
{
    private readonly SpanSetWriter _spans = new();
    private readonly AvroWriter _body = new(2048);
    private readonly AvroWriter _part = new(1024);
    private readonly AvroWriter _whole = new(16384);
    private Resource? _resource;
    private InstrumentationScope? _scope;
    private (int Index, ulong Hash) _resourcePlace;
    private (int Index, ulong Hash) _scopePlace;

    public int SpanCount => _spans.SpanCount;

    /// <summary>Encodes a span and returns its identity; <see cref="Keep"/> then adds it to the piece.</summary>
    public ulong Encode(Span span)
    {
        PlaceResource(span.Resource);
        PlaceScope(span.Scope);
        _body.Truncate();
        ModelEncoder.WriteSpanBody(_body, span);
        return SpanIdentity.Of(_body.Written, _resourcePlace.Hash, _scopePlace.Hash);
    }

    /// <summary>Adds the span that was encoded last.</summary>
    public void Keep() => _spans.Add(_resourcePlace.Index, _scopePlace.Index, _body.Written);

    /// <summary>The piece, encoded; valid until the next call.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        _whole.Truncate();
        _spans.WriteTo(_whole);
        return _whole.Written;
    }

    public void Clear()
    {
        _spans.Clear();
        (_resource, _scope) = (null, null);
    }

    public void Dispose()
    {
        _spans.Dispose();
        _body.Dispose();
        _part.Dispose();
        _whole.Dispose();
    }

    // Spans of one piece mostly follow each other by resource, and share the object.
    private void PlaceResource(Resource resource)
    {
        if (ReferenceEquals(resource, _resource))
            return;
        _part.Truncate();
        ModelEncoder.WriteResource(_part, resource);
        (_resource, _resourcePlace) = (resource, (_spans.IndexOfResource(_part.Written), ContentHash.Of(_part.Written)));
    }

    private void PlaceScope(InstrumentationScope scope)
    {
        if (ReferenceEquals(scope, _scope))
            return;
        _part.Truncate();
        ModelEncoder.WriteScope(_part, scope);
        (_scope, _scopePlace) = (scope, (_spans.IndexOfScope(_part.Written), ContentHash.Of(_part.Written)));
    }
}
