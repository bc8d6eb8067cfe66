using Pipeline.Shared.Model;

namespace Pipeline.Shared.Encoding;

/// <summary>What comes first in an encoded span: all that assembly and the common rules need, of fixed or short length, without text.</summary>
public readonly record struct SpanHead
{
    /// <summary>The trace.</summary>
    public required TraceId TraceId { get; init; }

    /// <summary>The span.</summary>
    public required SpanId SpanId { get; init; }

    /// <summary>The parent; empty for a root.</summary>
    public required SpanId ParentSpanId { get; init; }

    /// <summary>The kind.</summary>
    public required SpanKind Kind { get; init; }

    /// <summary>Start, in nanoseconds since the Unix epoch.</summary>
    public required ulong StartTimeUnixNano { get; init; }

    /// <summary>End, in nanoseconds since the Unix epoch.</summary>
    public required ulong EndTimeUnixNano { get; init; }

    /// <summary>How the operation ended.</summary>
    public required SpanStatusCode StatusCode { get; init; }

    /// <summary>Head-sampling threshold; null when the probability is unknown.</summary>
    public required ulong? SamplingThreshold { get; init; }

    /// <summary>Trace flags and OTLP's bits.</summary>
    public required uint Flags { get; init; }

    /// <summary>Reads the head; the reader then stands before the span's name. Throws <see cref="EncodingException"/>.</summary>
    public static SpanHead Read(ref AvroReader reader) => new()
    {
        TraceId = TraceId.Read(reader.ReadRaw(TraceId.LengthBytes)),
        SpanId = SpanId.Read(reader.ReadRaw(SpanId.LengthBytes)),
        ParentSpanId = reader.ReadIndex(2) == 0 ? default : SpanId.Read(reader.ReadRaw(SpanId.LengthBytes)),
        Kind = (SpanKind)reader.ReadIndex(6),
        StartTimeUnixNano = (ulong)reader.ReadLong(),
        EndTimeUnixNano = (ulong)reader.ReadLong(),
        StatusCode = (SpanStatusCode)reader.ReadIndex(3),
        SamplingThreshold = ModelDecoder.ReadThreshold(ref reader),
        Flags = reader.ReadUInt32(),
    };
}
