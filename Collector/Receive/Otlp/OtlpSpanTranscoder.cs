using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;
using Pipeline.Shared.Sampling;

namespace Pipeline.Collector.Receive.Otlp;

/// <summary>Transcodes a Span message (opentelemetry-proto, trace.proto) to the body of a span in <c>SpanBatch.avsc</c>: the bytes that <see cref="ModelEncoder"/> would write.</summary>
internal sealed class OtlpSpanTranscoder(OtlpAttributes attributes)
{
    private const uint EventAttributeTag = 3 << 3 | ProtobufReader.BytesType;
    private const uint LinkAttributeTag = 4 << 3 | ProtobufReader.BytesType;

    /// <summary>Writes a span, or part of one and why it cannot be accepted.</summary>
    public RejectionReason WriteSpan(ReadOnlySpan<byte> span, AvroWriter writer, out TraceId traceId)
    {
        OtlpSpanParts.Read(span, out var parts);
        traceId = default;
        var reason = parts.Check();
        if (reason != RejectionReason.None)
            return reason;
        traceId = TraceId.Read(parts.TraceId);
        WriteHead(parts, writer);
        writer.WriteBytes(parts.Name);
        writer.WriteBytes(parts.StatusMessage);
        writer.WriteBytes(parts.TraceState);
        reason = attributes.WriteMap(parts.Attributes, OtlpSpanParts.AttributeTag, writer);
        if (reason != RejectionReason.None)
            return reason;
        writer.WriteLong(parts.DroppedAttributes);
        reason = WriteEvents(parts.Events, writer);
        if (reason != RejectionReason.None)
            return reason;
        writer.WriteLong(parts.DroppedEvents);
        reason = WriteLinks(parts.Links, writer);
        writer.WriteLong(parts.DroppedLinks);
        return reason;
    }

    private static void WriteHead(in OtlpSpanParts parts, AvroWriter writer)
    {
        writer.WriteRaw(parts.TraceId);
        writer.WriteRaw(parts.SpanId);
        var hasParent = parts.ParentSpanId.ContainsAnyExcept((byte)0);
        writer.WriteByte(hasParent ? (byte)2 : (byte)0);
        if (hasParent)
            writer.WriteRaw(parts.ParentSpanId);
        writer.WriteLong(parts.Kind <= (int)SpanKind.Consumer ? parts.Kind : 0);
        writer.WriteLong((long)parts.Start);
        writer.WriteLong((long)parts.End);
        writer.WriteLong(parts.StatusCode <= (int)SpanStatusCode.Error ? parts.StatusCode : 0);
        ModelEncoder.WriteThreshold(writer, OtelTraceState.TryReadThreshold(parts.TraceState, out var threshold) ? threshold : null);
        writer.WriteLong(parts.Flags);
    }

    private RejectionReason WriteEvents(ReadOnlySpan<byte> events, AvroWriter writer)
    {
        var block = writer.BeginBlock();
        var count = 0;
        var fields = new ProtobufReader(events);
        while (fields.Next())
        {
            if (fields.Tag != OtlpSpanParts.EventTag)
                continue;
            if (WriteEvent(fields.Bytes, writer) is var reason and not RejectionReason.None)
                return reason;
            count++;
        }

        writer.EndBlock(block, count);
        return RejectionReason.None;
    }

    private RejectionReason WriteEvent(ReadOnlySpan<byte> item, AvroWriter writer)
    {
        ulong time = 0;
        uint droppedAttributes = 0;
        ReadOnlySpan<byte> name = [];
        var fields = new ProtobufReader(item);
        while (fields.Next())
        {
            switch (fields.Tag)
            {
                case 1 << 3 | ProtobufReader.Fixed64Type:
                    time = fields.Number;
                    break;
                case 2 << 3 | ProtobufReader.BytesType:
                    name = fields.Bytes;
                    break;
                case 4 << 3 | ProtobufReader.VarintType:
                    droppedAttributes = (uint)fields.Number;
                    break;
            }
        }

        if (!OtlpText.IsValid(name))
            return RejectionReason.InvalidUtf8;
        writer.WriteLong((long)time);
        writer.WriteBytes(name);
        var reason = attributes.WriteMap(item, EventAttributeTag, writer);
        writer.WriteLong(droppedAttributes);
        return reason;
    }

    private RejectionReason WriteLinks(ReadOnlySpan<byte> links, AvroWriter writer)
    {
        var block = writer.BeginBlock();
        var count = 0;
        var fields = new ProtobufReader(links);
        while (fields.Next())
        {
            if (fields.Tag != OtlpSpanParts.LinkTag)
                continue;
            if (WriteLink(fields.Bytes, writer) is var reason and not RejectionReason.None)
                return reason;
            count++;
        }

        writer.EndBlock(block, count);
        return RejectionReason.None;
    }

    private RejectionReason WriteLink(ReadOnlySpan<byte> link, AvroWriter writer)
    {
        var parts = OtlpLinkParts.Read(link);
        if (parts.TraceId.Length != TraceId.LengthBytes || parts.SpanId.Length != SpanId.LengthBytes)
            return RejectionReason.InvalidLink;
        if (!OtlpText.IsValid(parts.TraceState))
            return RejectionReason.InvalidUtf8;
        writer.WriteRaw(parts.TraceId);
        writer.WriteRaw(parts.SpanId);
        writer.WriteBytes(parts.TraceState);
        writer.WriteLong(parts.Flags);
        var reason = attributes.WriteMap(link, LinkAttributeTag, writer);
        writer.WriteLong(parts.DroppedAttributes);
        return reason;
    }
}
