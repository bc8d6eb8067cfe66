using Pipeline.Shared.Encoding;

namespace Pipeline.Collector.Receive.Otlp;

/// <summary>Transcodes Resource, EntityRef and InstrumentationScope messages to <c>Resource</c> and <c>Scope</c> of <c>SpanBatch.avsc</c>.</summary>
internal sealed class OtlpResourceTranscoder(OtlpAttributes attributes)
{
    private static readonly uint ResourceAttributeTag = ProtobufReader.BytesTag(1);
    private static readonly uint EntityTag = ProtobufReader.BytesTag(3);
    private static readonly uint ScopeAttributeTag = ProtobufReader.BytesTag(3);

    /// <summary>Writes a resource, or part of one and why its spans cannot be accepted.</summary>
    public RejectionReason WriteResource(ReadOnlySpan<byte> resource, ReadOnlySpan<byte> schemaUrl, AvroWriter writer)
    {
        if (!OtlpText.IsValid(schemaUrl))
            return RejectionReason.InvalidUtf8;
        var reason = attributes.WriteMap(resource, ResourceAttributeTag, writer);
        if (reason != RejectionReason.None)
            return reason;
        writer.WriteLong(ReadUInt32(resource, ProtobufReader.VarintTag(2)));
        writer.WriteBytes(schemaUrl);
        var block = writer.BeginBlock();
        var count = 0;
        var fields = new ProtobufReader(resource);
        while (fields.Next())
        {
            if (fields.Tag != EntityTag)
                continue;
            if (!TryWriteEntity(fields.Bytes, writer))
                return RejectionReason.InvalidUtf8;
            count++;
        }

        writer.EndBlock(block, count);
        return RejectionReason.None;
    }

    /// <summary>Writes a scope, or part of one and why its spans cannot be accepted.</summary>
    public RejectionReason WriteScope(ReadOnlySpan<byte> scope, ReadOnlySpan<byte> schemaUrl, AvroWriter writer)
    {
        ReadTexts(scope, out var name, out var version);
        if (!OtlpText.IsValid(name) || !OtlpText.IsValid(version) || !OtlpText.IsValid(schemaUrl))
            return RejectionReason.InvalidUtf8;
        writer.WriteBytes(name);
        writer.WriteBytes(version);
        var reason = attributes.WriteMap(scope, ScopeAttributeTag, writer);
        writer.WriteLong(ReadUInt32(scope, ProtobufReader.VarintTag(4)));
        writer.WriteBytes(schemaUrl);
        return reason;
    }

    private static bool TryWriteEntity(ReadOnlySpan<byte> entity, AvroWriter writer)
    {
        ReadTexts(entity, out var schemaUrl, out var type);
        if (!OtlpText.IsValid(schemaUrl) || !OtlpText.IsValid(type))
            return false;
        writer.WriteBytes(schemaUrl);
        writer.WriteBytes(type);
        return TryWriteTexts(entity, ProtobufReader.BytesTag(3), writer) && TryWriteTexts(entity, ProtobufReader.BytesTag(4), writer);
    }

    private static bool TryWriteTexts(ReadOnlySpan<byte> message, uint tag, AvroWriter writer)
    {
        var block = writer.BeginBlock();
        var count = 0;
        var fields = new ProtobufReader(message);
        while (fields.Next())
        {
            if (fields.Tag != tag)
                continue;
            if (!OtlpText.IsValid(fields.Bytes))
                return false;
            writer.WriteBytes(fields.Bytes);
            count++;
        }

        writer.EndBlock(block, count);
        return true;
    }

    // Fields 1 and 2, the two texts that scopes and entities begin with.
    private static void ReadTexts(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> first, out ReadOnlySpan<byte> second)
    {
        first = [];
        second = [];
        var fields = new ProtobufReader(message);
        while (fields.Next())
        {
            if (fields.Tag == ProtobufReader.BytesTag(1))
                first = fields.Bytes;
            else if (fields.Tag == ProtobufReader.BytesTag(2))
                second = fields.Bytes;
        }
    }

    private static uint ReadUInt32(ReadOnlySpan<byte> message, uint tag)
    {
        uint value = 0;
        var fields = new ProtobufReader(message);
        while (fields.Next())
            if (fields.Tag == tag)
                value = (uint)fields.Number;
        return value;
    }
}
