using System.Text.Unicode;

namespace Pipeline.Collector.Receive.Otlp;

/// <summary>The single-valued fields of a Span message, found in one walk; of a field that comes twice the last one wins.</summary>
internal ref struct OtlpSpanParts
{
    public ReadOnlySpan<byte> TraceId;
    public ReadOnlySpan<byte> SpanId;
    public ReadOnlySpan<byte> ParentSpanId;
    public ReadOnlySpan<byte> TraceState;
    public ReadOnlySpan<byte> Name;
    public ReadOnlySpan<byte> StatusMessage;
    public ulong Start;
    public ulong End;
    public uint Kind;
    public uint StatusCode;
    public uint Flags;
    public uint DroppedAttributes;
    public uint DroppedEvents;
    public uint DroppedLinks;

    public static OtlpSpanParts Read(ReadOnlySpan<byte> span)
    {
        var parts = default(OtlpSpanParts);
        var fields = new ProtobufReader(span);
        while (fields.Next())
        {
            if (fields.WireType == ProtobufReader.BytesType)
                parts.ReadBytes(fields.Field, fields.Bytes);
            else
                parts.ReadNumber(fields.Field, fields.WireType, fields.Number);
        }

        return parts;
    }

    public readonly RejectionReason Check()
    {
        if (TraceId.Length != Shared.Model.TraceId.LengthBytes || !TraceId.ContainsAnyExcept((byte)0))
            return RejectionReason.InvalidTraceId;
        if (SpanId.Length != Shared.Model.SpanId.LengthBytes || !SpanId.ContainsAnyExcept((byte)0))
            return RejectionReason.InvalidSpanId;
        if (ParentSpanId.Length is not (0 or Shared.Model.SpanId.LengthBytes))
            return RejectionReason.InvalidParentSpanId;
        return Utf8.IsValid(Name) && Utf8.IsValid(TraceState) && Utf8.IsValid(StatusMessage) ? RejectionReason.None : RejectionReason.InvalidUtf8;
    }

    private void ReadBytes(int field, ReadOnlySpan<byte> bytes)
    {
        switch (field)
        {
            case 1:
                TraceId = bytes;
                break;
            case 2:
                SpanId = bytes;
                break;
            case 3:
                TraceState = bytes;
                break;
            case 4:
                ParentSpanId = bytes;
                break;
            case 5:
                Name = bytes;
                break;
            case 15:
                ReadStatus(bytes);
                break;
        }
    }

    private void ReadNumber(int field, int wireType, ulong number)
    {
        switch (field, wireType)
        {
            case (6, ProtobufReader.VarintType):
                Kind = (uint)number;
                break;
            case (7, ProtobufReader.Fixed64Type):
                Start = number;
                break;
            case (8, ProtobufReader.Fixed64Type):
                End = number;
                break;
            case (10, ProtobufReader.VarintType):
                DroppedAttributes = (uint)number;
                break;
            case (12, ProtobufReader.VarintType):
                DroppedEvents = (uint)number;
                break;
            case (14, ProtobufReader.VarintType):
                DroppedLinks = (uint)number;
                break;
            case (16, ProtobufReader.Fixed32Type):
                Flags = (uint)number;
                break;
        }
    }

    // A message that comes twice is merged field by field.
    private void ReadStatus(ReadOnlySpan<byte> status)
    {
        var fields = new ProtobufReader(status);
        while (fields.Next())
        {
            if (fields.Is(2, ProtobufReader.BytesType))
                StatusMessage = fields.Bytes;
            else if (fields.Is(3, ProtobufReader.VarintType))
                StatusCode = (uint)fields.Number;
        }
    }
}
