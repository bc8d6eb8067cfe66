using Pipeline.Shared.Encoding;
using Pipeline.Shared.Messaging;

namespace Pipeline.Sinks.Consume;

/// <summary>A record that was read and is on its way to a verdict.</summary>
internal sealed class TakenRecord(Record record, OffsetWatermark watermark, KeptTrace? trace, string? unreadableBecause)
{
    public Record Record => record;

    /// <summary>How far its partition was done under the owner that took it; a partition that comes back has another one.</summary>
    public OffsetWatermark Watermark => watermark;

    /// <summary>The piece of a trace that it holds; null when it cannot be read.</summary>
    public KeptTrace? Trace => trace;

    /// <summary>Why it cannot be read; null when it can.</summary>
    public string? UnreadableBecause => unreadableBecause;

    /// <summary>Spans that still have no verdict.</summary>
    public int OpenSpanCount { get; set; } = trace?.Spans.Count ?? 0;

    public int LengthBytes => record.Value?.Length ?? 0;

    public static TakenRecord Read(Record record, OffsetWatermark watermark, RecordFraming framing)
    {
        try
        {
            var trace = KeptTraceReader.Read(framing.Unframe(record.Value, RecordSchema.KeptTrace));
            // The spans are decoded here, where a bad one can still be told from the good records around it.
            return new TakenRecord(record, watermark, trace.Spans.Count >= 0 ? trace : null, null);
        }
        catch (EncodingException exception)
        {
            return new TakenRecord(record, watermark, null, exception.Message);
        }
    }
}
