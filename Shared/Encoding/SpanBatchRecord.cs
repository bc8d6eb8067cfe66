using Pipeline.Shared.Model;

namespace Pipeline.Shared.Encoding;

/// <summary>Reads and writes <c>SpanBatch</c> bodies (framing apart).</summary>
public static class SpanBatchRecord
{
    /// <summary>Writes the body of a batch.</summary>
    public static void Write(AvroWriter writer, string tenant, SpanSetWriter spans)
    {
        writer.WriteString(tenant);
        spans.WriteTo(writer);
    }

    /// <summary>What <paramref name="head"/> holds (the framing), then the body of a batch, as one array of exactly that size. The head is added to.</summary>
    public static byte[] ToArray(AvroWriter head, string tenant, SpanSetWriter spans)
    {
        head.WriteString(tenant);
        return spans.ToArray(head);
    }

    /// <summary>Reads the tenant and finds the spans. Throws <see cref="EncodingException"/>.</summary>
    public static string Read(ReadOnlySpan<byte> body, SpanSet spans)
    {
        var reader = new AvroReader(body);
        var tenant = reader.ReadString();
        spans.Read(ref reader);
        return tenant;
    }

    /// <summary>Decodes all spans of a body. Throws <see cref="EncodingException"/>.</summary>
    public static IReadOnlyList<Span> ReadSpans(ReadOnlySpan<byte> body)
    {
        var spans = new SpanSet();
        Read(body, spans);
        return spans.Decode(body);
    }
}
