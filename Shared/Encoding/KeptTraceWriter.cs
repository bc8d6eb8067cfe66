using Pipeline.Shared.Model;

namespace Pipeline.Shared.Encoding;

/// <summary>Writes pieces of kept traces.</summary>
public static class KeptTraceWriter
{
    /// <summary>Writes the body of a piece: its decision, then the spans of <paramref name="spans"/> (those of <paramref name="trace"/> are not looked at).</summary>
    public static void Write(AvroWriter writer, KeptTrace trace, SpanSetWriter spans)
    {
        trace.TraceId.Write(writer.Take(TraceId.LengthBytes));
        writer.WriteString(trace.Tenant);
        writer.WriteBoolean(trace.IsLate);
        writer.WriteString(trace.Rule);
        writer.WriteString(trace.Reason);
        ModelEncoder.WriteThreshold(writer, trace.Threshold);
        writer.WriteLong(trace.DecidedAtMs);
        writer.WriteLong(trace.SourceOffset);
        writer.WriteLong(trace.Piece);
        spans.WriteTo(writer);
    }
}
