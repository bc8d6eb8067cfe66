using Pipeline.Shared.Model;

namespace Pipeline.Shared.Encoding;

/// <summary>
/// The three arrays that <c>SpanBatch</c> and <c>KeptTrace</c> end with: resources and scopes stated once, then the spans, each a block of its own so that
/// a reader finds its end without parsing it. Spans can be added at any time until the set is written. Not for many threads at once.
/// </summary>
public sealed class SpanSetWriter : IDisposable
{
    private readonly EncodedTable _resources = new();
    private readonly EncodedTable _scopes = new();
    private readonly AvroWriter _spans = new(4096);
    private readonly AvroWriter _scratch = new(1024);

    /// <summary>How many spans it holds.</summary>
    public int SpanCount { get; private set; }

    /// <summary>About how many bytes the set will take.</summary>
    public int LengthBytes => _resources.LengthBytes + _scopes.LengthBytes + _spans.Length + 32;

    /// <summary>The index of an encoded resource, which is added where it is new.</summary>
    public int IndexOfResource(ReadOnlySpan<byte> encoded) => _resources.IndexOf(encoded);

    /// <summary>The index of an encoded scope, which is added where it is new.</summary>
    public int IndexOfScope(ReadOnlySpan<byte> encoded) => _scopes.IndexOf(encoded);

    /// <summary>Adds a span that is encoded already (its body without indices).</summary>
    public void Add(int resourceIndex, int scopeIndex, ReadOnlySpan<byte> spanBody)
    {
        Span<byte> indices = stackalloc byte[20];
        var count = AvroWriter.Encode(indices, resourceIndex);
        count += AvroWriter.Encode(indices[count..], scopeIndex);
        _spans.WriteLong(-1);
        _spans.WriteLong(count + spanBody.Length);
        _spans.WriteRaw(indices[..count]);
        _spans.WriteRaw(spanBody);
        SpanCount++;
    }

    /// <summary>Adds a span of the model.</summary>
    public void Add(Span span)
    {
        _scratch.Truncate();
        ModelEncoder.WriteResource(_scratch, span.Resource);
        var resource = _resources.IndexOf(_scratch.Written);
        _scratch.Truncate();
        ModelEncoder.WriteScope(_scratch, span.Scope);
        var scope = _scopes.IndexOf(_scratch.Written);
        _scratch.Truncate();
        ModelEncoder.WriteSpanBody(_scratch, span);
        Add(resource, scope, _scratch.Written);
    }

    /// <summary>Writes the three arrays.</summary>
    public void WriteTo(AvroWriter writer)
    {
        _resources.WriteTo(writer);
        _scopes.WriteTo(writer);
        writer.WriteRaw(_spans.Written);
        writer.WriteByte(0);
    }

    /// <summary>What <paramref name="head"/> holds, then the three arrays, as one array of exactly that size: the spans are copied once. The head is added to.</summary>
    public byte[] ToArray(AvroWriter head)
    {
        _resources.WriteTo(head);
        _scopes.WriteTo(head);
        var whole = GC.AllocateUninitializedArray<byte>(head.Length + _spans.Length + 1);
        head.Written.CopyTo(whole);
        _spans.Written.CopyTo(whole.AsSpan(head.Length));
        whole[^1] = 0;
        return whole;
    }

    /// <summary>Empties the set; its buffers stay.</summary>
    public void Clear()
    {
        _resources.Clear();
        _scopes.Clear();
        _spans.Truncate();
        SpanCount = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _resources.Dispose();
        _scopes.Dispose();
        _spans.Dispose();
        _scratch.Dispose();
    }
}
