using Pipeline.Shared.Model;

namespace Pipeline.Shared.Encoding;

/// <summary>One end of a span link between a producer and a consumer in different traces; the two meet in the edge partition of the linked span.</summary>
/// <param name="LinkedTraceId">Trace of the producer span.</param>
/// <param name="LinkedSpanId">The producer span.</param>
/// <param name="Service">The service at this end.</param>
/// <param name="TimeUnixNano">End of the producer span, or start of the consumer span.</param>
/// <param name="Seconds">Duration of this end's span.</param>
/// <param name="Failed">This end's span has status error.</param>
/// <param name="Weight">How many calls it stands for.</param>
public readonly record struct LinkEnd(TraceId LinkedTraceId, SpanId LinkedSpanId, string Service, ulong TimeUnixNano, double Seconds, bool Failed, double Weight)
{
    /// <summary>The record key under which both ends meet: the linked trace's and span's ids.</summary>
    public byte[] ToRecordKey()
    {
        var key = new byte[TraceId.LengthBytes + SpanId.LengthBytes];
        LinkedTraceId.Write(key);
        LinkedSpanId.Write(key.AsSpan(TraceId.LengthBytes));
        return key;
    }

    internal static LinkEnd Read(ref AvroReader reader) => new(
        TraceId.Read(reader.ReadRaw(TraceId.LengthBytes)),
        SpanId.Read(reader.ReadRaw(SpanId.LengthBytes)),
        reader.ReadString(),
        (ulong)reader.ReadLong(),
        reader.ReadDouble(),
        reader.ReadBoolean(),
        reader.ReadDouble());

    internal void Write(AvroWriter writer)
    {
        LinkedTraceId.Write(writer.Take(TraceId.LengthBytes));
        LinkedSpanId.Write(writer.Take(SpanId.LengthBytes));
        writer.WriteString(Service);
        writer.WriteLong((long)TimeUnixNano);
        writer.WriteDouble(Seconds);
        writer.WriteBoolean(Failed);
        writer.WriteDouble(Weight);
    }
}
