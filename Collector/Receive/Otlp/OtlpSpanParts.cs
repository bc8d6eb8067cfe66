namespace Pipeline.Collector.Receive.Otlp;

/// <summary>
/// The fields of a Span message, found in one walk, since they may come in any order. Of a field that comes twice the last one wins; the repeated fields lie
/// somewhere in the stretch from the first to the last of them.
/// </summary>
internal ref struct OtlpSpanParts
{
    public const uint AttributeTag = 9 << 3 | ProtobufReader.BytesType;
    public const uint EventTag = 11 << 3 | ProtobufReader.BytesType;
    public const uint LinkTag = 13 << 3 | ProtobufReader.BytesType;

    public ReadOnlySpan<byte> TraceId;
    public ReadOnlySpan<byte> SpanId;
    public ReadOnlySpan<byte> ParentSpanId;
    public ReadOnlySpan<byte> TraceState;
    public ReadOnlySpan<byte> Name;
    public ReadOnlySpan<byte> StatusMessage;
    public ReadOnlySpan<byte> Attributes;
    public ReadOnlySpan<byte> Events;
    public ReadOnlySpan<byte> Links;
    public ulong Start;
    public ulong End;
    public uint Kind;
    public uint StatusCode;
    public uint Flags;
    public uint DroppedAttributes;
    public uint DroppedEvents;
    public uint DroppedLinks;

    public static void Read(ReadOnlySpan<byte> span, out OtlpSpanParts parts)
    {
        parts = default;
        var (attributes, events, links) = (default(Stretch), default(Stretch), default(Stretch));
        var fields = new ProtobufReader(span);
        while (fields.Next())
        {
            switch (fields.Tag)
            {
                case AttributeTag:
                    attributes.Add(fields);
                    break;
                case EventTag:
                    events.Add(fields);
                    break;
                case LinkTag:
                    links.Add(fields);
                    break;
                default:
                    parts.ReadSingle(fields.Tag, fields.Bytes, fields.Number);
                    break;
            }
        }

        parts.Attributes = attributes.Of(span);
        parts.Events = events.Of(span);
        parts.Links = links.Of(span);
    }

    public readonly RejectionReason Check()
    {
        if (TraceId.Length != Shared.Model.TraceId.LengthBytes || !TraceId.ContainsAnyExcept((byte)0))
            return RejectionReason.InvalidTraceId;
        if (SpanId.Length != Shared.Model.SpanId.LengthBytes || !SpanId.ContainsAnyExcept((byte)0))
            return RejectionReason.InvalidSpanId;
        if (ParentSpanId.Length is not (0 or Shared.Model.SpanId.LengthBytes))
            return RejectionReason.InvalidParentSpanId;
        return OtlpText.IsValid(Name) && OtlpText.IsValid(TraceState) && OtlpText.IsValid(StatusMessage) ? RejectionReason.None : RejectionReason.InvalidUtf8;
    }

    private void ReadSingle(uint tag, ReadOnlySpan<byte> bytes, ulong number)
    {
        switch (tag)
        {
            case 1 << 3 | ProtobufReader.BytesType:
                TraceId = bytes;
                break;
            case 2 << 3 | ProtobufReader.BytesType:
                SpanId = bytes;
                break;
            case 3 << 3 | ProtobufReader.BytesType:
                TraceState = bytes;
                break;
            case 4 << 3 | ProtobufReader.BytesType:
                ParentSpanId = bytes;
                break;
            case 5 << 3 | ProtobufReader.BytesType:
                Name = bytes;
                break;
            case 15 << 3 | ProtobufReader.BytesType:
                ReadStatus(bytes);
                break;
            default:
                ReadNumber(tag, number);
                break;
        }
    }

    private void ReadNumber(uint tag, ulong number)
    {
        switch (tag)
        {
            case 6 << 3 | ProtobufReader.VarintType:
                Kind = (uint)number;
                break;
            case 7 << 3 | ProtobufReader.Fixed64Type:
                Start = number;
                break;
            case 8 << 3 | ProtobufReader.Fixed64Type:
                End = number;
                break;
            case 10 << 3 | ProtobufReader.VarintType:
                DroppedAttributes = (uint)number;
                break;
            case 12 << 3 | ProtobufReader.VarintType:
                DroppedEvents = (uint)number;
                break;
            case 14 << 3 | ProtobufReader.VarintType:
                DroppedLinks = (uint)number;
                break;
            case 16 << 3 | ProtobufReader.Fixed32Type:
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
            if (fields.Tag == ProtobufReader.BytesTag(2))
                StatusMessage = fields.Bytes;
            else if (fields.Tag == ProtobufReader.VarintTag(3))
                StatusCode = (uint)fields.Number;
        }
    }

    private struct Stretch
    {
        private int _start;
        private int _end;

        public void Add(in ProtobufReader fields)
        {
            if (_end == 0)
                _start = fields.FieldStart;
            _end = fields.Position;
        }

        public readonly ReadOnlySpan<byte> Of(ReadOnlySpan<byte> message) => message[_start.._end];
    }
}
