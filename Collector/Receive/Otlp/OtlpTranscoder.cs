using System.Text.Unicode;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;
using Pipeline.Shared.Sampling;

namespace Pipeline.Collector.Receive.Otlp;

/// <summary>
/// Transcodes an ExportTraceServiceRequest (opentelemetry-proto, trace.proto) to Avro, without building objects: each message is walked for its fields, and its
/// parts are written in the order of our schema. Spans that are not valid are rejected one by one; a body that cannot be decoded throws
/// <see cref="MalformedRequestException"/>. For one request at a time.
/// </summary>
internal sealed class OtlpTranscoder(CollectorOptions options)
{
    private readonly OtlpAttributes _attributes = new(options);

    /// <summary>Transcodes a whole body into a batch.</summary>
    public void Transcode(ReadOnlySpan<byte> body, IngestBatch batch)
    {
        var fields = new ProtobufReader(body);
        while (fields.Next())
            if (fields.Is(1, ProtobufReader.BytesType))
                TranscodeResourceSpans(fields.Bytes, batch);
    }

    private void TranscodeResourceSpans(ReadOnlySpan<byte> resourceSpans, IngestBatch batch)
    {
        ReadOnlySpan<byte> resource = [];
        ReadOnlySpan<byte> schemaUrl = [];
        var fields = new ProtobufReader(resourceSpans);
        while (fields.Next())
        {
            if (fields.Is(1, ProtobufReader.BytesType))
                resource = fields.Bytes;
            else if (fields.Is(3, ProtobufReader.BytesType))
                schemaUrl = fields.Bytes;
        }

        var start = batch.Writer.Length;
        var reason = WriteResource(resource, schemaUrl, batch.Writer);
        var index = reason == RejectionReason.None ? batch.EndResource(start) : -1;
        fields = new ProtobufReader(resourceSpans);
        while (fields.Next())
            if (fields.Is(2, ProtobufReader.BytesType))
                TranscodeScopeSpans(fields.Bytes, index, reason, batch);
    }

    private void TranscodeScopeSpans(ReadOnlySpan<byte> scopeSpans, int resource, RejectionReason reason, IngestBatch batch)
    {
        ReadOnlySpan<byte> scope = [];
        ReadOnlySpan<byte> schemaUrl = [];
        var fields = new ProtobufReader(scopeSpans);
        while (fields.Next())
        {
            if (fields.Is(1, ProtobufReader.BytesType))
                scope = fields.Bytes;
            else if (fields.Is(3, ProtobufReader.BytesType))
                schemaUrl = fields.Bytes;
        }

        var start = batch.Writer.Length;
        if (reason == RejectionReason.None)
            reason = WriteScope(scope, schemaUrl, batch.Writer);
        var index = reason == RejectionReason.None ? batch.EndScope(start) : -1;
        fields = new ProtobufReader(scopeSpans);
        while (fields.Next())
            if (fields.Is(2, ProtobufReader.BytesType))
                TranscodeSpan(fields.Bytes, resource, index, reason, batch);
    }

    private void TranscodeSpan(ReadOnlySpan<byte> span, int resource, int scope, RejectionReason reason, IngestBatch batch)
    {
        var start = batch.Writer.Length;
        var traceId = default(TraceId);
        if (reason == RejectionReason.None)
            reason = WriteSpan(span, batch.Writer, out traceId);
        if (reason == RejectionReason.None && batch.Writer.Length - start > options.MaxRecordBytes)
            reason = RejectionReason.SpanTooLarge;
        if (reason == RejectionReason.None)
        {
            batch.EndSpan(traceId, resource, scope, start);
            return;
        }

        batch.Writer.Truncate(start);
        batch.Reject(reason);
    }

    private RejectionReason WriteResource(ReadOnlySpan<byte> resource, ReadOnlySpan<byte> schemaUrl, AvroWriter writer)
    {
        if (!Utf8.IsValid(schemaUrl))
            return RejectionReason.InvalidUtf8;
        var reason = _attributes.WriteMap(resource, 1, writer);
        if (reason != RejectionReason.None)
            return reason;
        writer.WriteLong(ReadUInt32(resource, 2));
        writer.WriteBytes(schemaUrl);
        var block = writer.BeginBlock();
        var count = 0;
        var fields = new ProtobufReader(resource);
        while (fields.Next())
        {
            if (!fields.Is(3, ProtobufReader.BytesType))
                continue;
            if (!TryWriteEntity(fields.Bytes, writer))
                return RejectionReason.InvalidUtf8;
            count++;
        }

        writer.EndBlock(block, count);
        return RejectionReason.None;
    }

    private RejectionReason WriteScope(ReadOnlySpan<byte> scope, ReadOnlySpan<byte> schemaUrl, AvroWriter writer)
    {
        ReadOnlySpan<byte> name = [];
        ReadOnlySpan<byte> version = [];
        var fields = new ProtobufReader(scope);
        while (fields.Next())
        {
            if (fields.Is(1, ProtobufReader.BytesType))
                name = fields.Bytes;
            else if (fields.Is(2, ProtobufReader.BytesType))
                version = fields.Bytes;
        }

        if (!Utf8.IsValid(name) || !Utf8.IsValid(version) || !Utf8.IsValid(schemaUrl))
            return RejectionReason.InvalidUtf8;
        writer.WriteBytes(name);
        writer.WriteBytes(version);
        var reason = _attributes.WriteMap(scope, 3, writer);
        writer.WriteLong(ReadUInt32(scope, 4));
        writer.WriteBytes(schemaUrl);
        return reason;
    }

    private RejectionReason WriteSpan(ReadOnlySpan<byte> span, AvroWriter writer, out TraceId traceId)
    {
        var parts = OtlpSpanParts.Read(span);
        traceId = default;
        var reason = parts.Check();
        if (reason != RejectionReason.None)
            return reason;
        traceId = TraceId.Read(parts.TraceId);
        WriteHead(parts, writer);
        writer.WriteBytes(parts.Name);
        writer.WriteBytes(parts.StatusMessage);
        writer.WriteBytes(parts.TraceState);
        reason = _attributes.WriteMap(span, 9, writer);
        writer.WriteLong(parts.DroppedAttributes);
        if (reason == RejectionReason.None)
            reason = WriteEvents(span, writer);
        writer.WriteLong(parts.DroppedEvents);
        if (reason == RejectionReason.None)
            reason = WriteLinks(span, writer);
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

    private RejectionReason WriteEvents(ReadOnlySpan<byte> span, AvroWriter writer)
    {
        var block = writer.BeginBlock();
        var count = 0;
        var fields = new ProtobufReader(span);
        while (fields.Next())
        {
            if (!fields.Is(11, ProtobufReader.BytesType))
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
        ReadOnlySpan<byte> name = [];
        var fields = new ProtobufReader(item);
        while (fields.Next())
        {
            if (fields.Is(1, ProtobufReader.Fixed64Type))
                time = fields.Number;
            else if (fields.Is(2, ProtobufReader.BytesType))
                name = fields.Bytes;
        }

        if (!Utf8.IsValid(name))
            return RejectionReason.InvalidUtf8;
        writer.WriteLong((long)time);
        writer.WriteBytes(name);
        var reason = _attributes.WriteMap(item, 3, writer);
        writer.WriteLong(ReadUInt32(item, 4));
        return reason;
    }

    private RejectionReason WriteLinks(ReadOnlySpan<byte> span, AvroWriter writer)
    {
        var block = writer.BeginBlock();
        var count = 0;
        var fields = new ProtobufReader(span);
        while (fields.Next())
        {
            if (!fields.Is(13, ProtobufReader.BytesType))
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
        ReadOnlySpan<byte> traceId = [];
        ReadOnlySpan<byte> spanId = [];
        ReadOnlySpan<byte> traceState = [];
        uint flags = 0;
        var fields = new ProtobufReader(link);
        while (fields.Next())
        {
            if (fields.Is(1, ProtobufReader.BytesType))
                traceId = fields.Bytes;
            else if (fields.Is(2, ProtobufReader.BytesType))
                spanId = fields.Bytes;
            else if (fields.Is(3, ProtobufReader.BytesType))
                traceState = fields.Bytes;
            else if (fields.Is(6, ProtobufReader.Fixed32Type))
                flags = (uint)fields.Number;
        }

        if (traceId.Length != TraceId.LengthBytes || spanId.Length != SpanId.LengthBytes)
            return RejectionReason.InvalidLink;
        if (!Utf8.IsValid(traceState))
            return RejectionReason.InvalidUtf8;
        writer.WriteRaw(traceId);
        writer.WriteRaw(spanId);
        writer.WriteBytes(traceState);
        writer.WriteLong(flags);
        var reason = _attributes.WriteMap(link, 4, writer);
        writer.WriteLong(ReadUInt32(link, 5));
        return reason;
    }

    private static bool TryWriteEntity(ReadOnlySpan<byte> entity, AvroWriter writer)
    {
        ReadOnlySpan<byte> schemaUrl = [];
        ReadOnlySpan<byte> type = [];
        var fields = new ProtobufReader(entity);
        while (fields.Next())
        {
            if (fields.Is(1, ProtobufReader.BytesType))
                schemaUrl = fields.Bytes;
            else if (fields.Is(2, ProtobufReader.BytesType))
                type = fields.Bytes;
        }

        if (!Utf8.IsValid(schemaUrl) || !Utf8.IsValid(type))
            return false;
        writer.WriteBytes(schemaUrl);
        writer.WriteBytes(type);
        return TryWriteStrings(entity, 3, writer) && TryWriteStrings(entity, 4, writer);
    }

    private static bool TryWriteStrings(ReadOnlySpan<byte> message, int field, AvroWriter writer)
    {
        var block = writer.BeginBlock();
        var count = 0;
        var fields = new ProtobufReader(message);
        while (fields.Next())
        {
            if (!fields.Is(field, ProtobufReader.BytesType))
                continue;
            if (!Utf8.IsValid(fields.Bytes))
                return false;
            writer.WriteBytes(fields.Bytes);
            count++;
        }

        writer.EndBlock(block, count);
        return true;
    }

    private static uint ReadUInt32(ReadOnlySpan<byte> message, int field)
    {
        uint value = 0;
        var fields = new ProtobufReader(message);
        while (fields.Next())
            if (fields.Is(field, ProtobufReader.VarintType))
                value = (uint)fields.Number;
        return value;
    }
}
