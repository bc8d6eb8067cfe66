using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;

namespace Pipeline.Aggregator.Emit.ServiceEdges;

/// <summary>Reads the targets of a span's links from its encoded body.</summary>
internal static class SpanLinks
{
    public static IReadOnlyList<(TraceId TraceId, SpanId SpanId)> Read(ReadOnlySpan<byte> spanBody)
    {
        var reader = new AvroReader(spanBody);
        SpanHead.Read(ref reader);
        reader.ReadBytes();
        reader.ReadBytes();
        reader.ReadBytes();
        AvroSkip.Attributes(ref reader);
        reader.ReadLong();
        AvroSkip.Events(ref reader);
        reader.ReadLong();
        List<(TraceId, SpanId)>? links = null;
        while (reader.ReadBlock(out _) is var count and > 0)
            for (; count > 0; count--)
                (links ??= []).Add(ReadLink(ref reader));
        return links ?? (IReadOnlyList<(TraceId, SpanId)>)[];
    }

    private static (TraceId, SpanId) ReadLink(ref AvroReader reader)
    {
        var traceId = TraceId.Read(reader.ReadRaw(TraceId.LengthBytes));
        var spanId = SpanId.Read(reader.ReadRaw(SpanId.LengthBytes));
        reader.ReadBytes();
        reader.ReadLong();
        AvroSkip.Attributes(ref reader);
        reader.ReadLong();
        return (traceId, spanId);
    }
}
