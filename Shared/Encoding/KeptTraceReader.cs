using Pipeline.Shared.Model;

namespace Pipeline.Shared.Encoding;

/// <summary>Reads pieces of kept traces.</summary>
public static class KeptTraceReader
{
    /// <summary>Reads the decision and checks that the spans can be found; they are decoded on first use. Throws <see cref="EncodingException"/>.</summary>
    public static KeptTrace Read(ReadOnlyMemory<byte> body)
    {
        var reader = new AvroReader(body.Span);
        var trace = ReadHeader(ref reader, body);
        new SpanSet().Read(ref reader);
        return trace;
    }

    internal static IReadOnlyList<Span> ReadSpans(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
            return [];
        var reader = new AvroReader(body.Span);
        ReadHeader(ref reader, body);
        var spans = new SpanSet();
        spans.Read(ref reader);
        return spans.Decode(body.Span);
    }

    private static KeptTrace ReadHeader(ref AvroReader reader, ReadOnlyMemory<byte> body) => new()
    {
        TraceId = TraceId.Read(reader.ReadRaw(TraceId.LengthBytes)),
        Tenant = reader.ReadString(),
        IsLate = reader.ReadBoolean(),
        Rule = reader.ReadString(),
        Reason = reader.ReadString(),
        Threshold = ModelDecoder.ReadThreshold(ref reader),
        DecidedAtMs = reader.ReadLong(),
        SourceOffset = reader.ReadLong(),
        Piece = reader.ReadInt(),
        Body = body,
    };
}
