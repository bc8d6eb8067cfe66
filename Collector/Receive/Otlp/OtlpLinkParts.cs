namespace Pipeline.Collector.Receive.Otlp;

/// <summary>The single-valued fields of a Span.Link message; of a field that comes twice the last one wins.</summary>
internal ref struct OtlpLinkParts
{
    public ReadOnlySpan<byte> TraceId;
    public ReadOnlySpan<byte> SpanId;
    public ReadOnlySpan<byte> TraceState;
    public uint Flags;
    public uint DroppedAttributes;

    public static OtlpLinkParts Read(ReadOnlySpan<byte> link)
    {
        var parts = default(OtlpLinkParts);
        var fields = new ProtobufReader(link);
        while (fields.Next())
        {
            switch (fields.Tag)
            {
                case 1 << 3 | ProtobufReader.BytesType:
                    parts.TraceId = fields.Bytes;
                    break;
                case 2 << 3 | ProtobufReader.BytesType:
                    parts.SpanId = fields.Bytes;
                    break;
                case 3 << 3 | ProtobufReader.BytesType:
                    parts.TraceState = fields.Bytes;
                    break;
                case 5 << 3 | ProtobufReader.VarintType:
                    parts.DroppedAttributes = (uint)fields.Number;
                    break;
                case 6 << 3 | ProtobufReader.Fixed32Type:
                    parts.Flags = (uint)fields.Number;
                    break;
            }
        }

        return parts;
    }
}
