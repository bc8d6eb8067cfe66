using Pipeline.Shared.Model;

namespace Pipeline.Shared.Encoding;

/// <summary>
/// The three arrays that <c>SpanBatch</c> and <c>KeptTrace</c> end with, found but not decoded. May be used again for the next record, so that
/// reading allocates nothing once warm. Not for many threads at once.
/// </summary>
public sealed class SpanSet
{
    private delegate void ItemSkipper(ref AvroReader reader);

    /// <summary>Where each resource lies in the body.</summary>
    public List<Range> Resources { get; } = [];

    /// <summary>Where each scope lies in the body.</summary>
    public List<Range> Scopes { get; } = [];

    /// <summary>The spans.</summary>
    public List<EncodedSpan> Spans { get; } = [];

    /// <summary>Finds everything; the reader must stand before the resources and then stands at the end. Throws <see cref="EncodingException"/>.</summary>
    public void Read(ref AvroReader reader)
    {
        ReadTable(ref reader, Resources, AvroSkip.Resource);
        ReadTable(ref reader, Scopes, AvroSkip.Scope);
        Spans.Clear();
        while (reader.ReadBlock(out var size) is var count and > 0)
        {
            var end = reader.Position + size;
            for (; count > 0; count--)
                Spans.Add(ReadSpan(ref reader, count == 1 && size >= 0 ? end : -1));
        }

        reader.RequireEnd();
    }

    /// <summary>Decodes all spans. Throws <see cref="EncodingException"/>, also where an item does not end where finding it has found its end.</summary>
    public IReadOnlyList<Span> Decode(ReadOnlySpan<byte> body)
    {
        var resources = new Resource[Resources.Count];
        for (var i = 0; i < resources.Length; i++)
        {
            var reader = new AvroReader(body[Resources[i]]);
            resources[i] = ModelDecoder.ReadResource(ref reader);
            reader.RequireEnd();
        }

        var scopes = new InstrumentationScope[Scopes.Count];
        for (var i = 0; i < scopes.Length; i++)
        {
            var reader = new AvroReader(body[Scopes[i]]);
            scopes[i] = ModelDecoder.ReadScope(ref reader);
            reader.RequireEnd();
        }

        var spans = new Span[Spans.Count];
        for (var i = 0; i < spans.Length; i++)
        {
            var reader = new AvroReader(body[Spans[i].Body]);
            spans[i] = ModelDecoder.ReadSpanBody(ref reader, resources[Spans[i].ResourceIndex], scopes[Spans[i].ScopeIndex]);
            reader.RequireEnd();
        }

        return spans;
    }

    private static void ReadTable(ref AvroReader reader, List<Range> table, ItemSkipper skip)
    {
        table.Clear();
        while (reader.ReadBlock(out _) is var count and > 0)
        {
            for (; count > 0; count--)
            {
                var start = reader.Position;
                skip(ref reader);
                table.Add(start..reader.Position);
            }
        }
    }

    private EncodedSpan ReadSpan(ref AvroReader reader, int end)
    {
        var resource = reader.ReadIndex(Resources.Count);
        var scope = reader.ReadIndex(Scopes.Count);
        var start = reader.Position;
        var head = SpanHead.Read(ref reader);
        // The last span of a block ends where the block does: nothing more of it needs to be looked at.
        if (end < 0)
            AvroSkip.SpanTail(ref reader);
        else if (end < reader.Position)
            throw reader.Malformed("a span is longer than its block");
        else
            reader.ReadRaw(end - reader.Position);
        return new EncodedSpan(resource, scope, start..reader.Position, head);
    }
}
