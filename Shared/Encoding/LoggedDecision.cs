using Pipeline.Shared.Model;

namespace Pipeline.Shared.Encoding;

/// <summary>What was decided about one trace, as the decision log keeps it.</summary>
/// <param name="TraceId">The trace.</param>
/// <param name="IsKept">Kept or dropped.</param>
/// <param name="Rule">The rule that decided; empty for a dropped trace.</param>
/// <param name="Reason">What made the aggregator decide when it did; empty for a dropped trace.</param>
/// <param name="Threshold">Final probability as a rejection threshold; null when unknown or dropped.</param>
/// <param name="LastSpanTimeMs">Stream time of the trace's last span so far: the late horizon runs from here.</param>
public readonly record struct LoggedDecision(TraceId TraceId, bool IsKept, string Rule, string Reason, ulong? Threshold, long LastSpanTimeMs)
{
    internal static LoggedDecision Read(ref AvroReader reader) => new(
        TraceId.Read(reader.ReadRaw(TraceId.LengthBytes)),
        reader.ReadBoolean(),
        reader.ReadString(),
        reader.ReadString(),
        ModelDecoder.ReadThreshold(ref reader),
        reader.ReadLong());

    internal void Write(AvroWriter writer)
    {
        TraceId.Write(writer.Take(TraceId.LengthBytes));
        writer.WriteBoolean(IsKept);
        writer.WriteString(Rule);
        writer.WriteString(Reason);
        ModelEncoder.WriteThreshold(writer, Threshold);
        writer.WriteLong(LastSpanTimeMs);
    }
}
