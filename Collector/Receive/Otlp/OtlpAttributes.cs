using System.Text.Unicode;
using Pipeline.Shared.Encoding;

namespace Pipeline.Collector.Receive.Otlp;

/// <summary>Transcodes attributes, KeyValue and AnyValue of OTLP's common.proto, to the Avro maps and unions of our schema. For one request at a time.</summary>
internal sealed class OtlpAttributes(CollectorOptions options)
{
    private readonly List<(int Start, int KeyLength, int KeyHash)> _entries = [];

    /// <summary>All fields of this number in a message, each a KeyValue, as one map.</summary>
    public RejectionReason WriteMap(ReadOnlySpan<byte> message, int field, AvroWriter writer) => WriteMap(message, field, writer, 0);

    private RejectionReason WriteMap(ReadOnlySpan<byte> message, int field, AvroWriter writer, int depth)
    {
        var block = writer.BeginBlock();
        var first = _entries.Count;
        var fields = new ProtobufReader(message);
        var reason = RejectionReason.None;
        while (reason == RejectionReason.None && fields.Next())
        {
            if (!fields.Is(field, ProtobufReader.BytesType))
                continue;
            reason = _entries.Count - first >= options.MaxAttributes ? RejectionReason.TooManyAttributes : WriteEntry(fields.Bytes, first, writer, depth);
        }

        var count = _entries.Count - first;
        _entries.RemoveRange(first, count);
        if (reason == RejectionReason.None)
            writer.EndBlock(block, count);
        return reason;
    }

    private RejectionReason WriteEntry(ReadOnlySpan<byte> keyValue, int first, AvroWriter writer, int depth)
    {
        ReadOnlySpan<byte> key = [];
        ReadOnlySpan<byte> value = [];
        var fields = new ProtobufReader(keyValue);
        while (fields.Next())
        {
            if (fields.Is(1, ProtobufReader.BytesType))
                key = fields.Bytes;
            else if (fields.Is(2, ProtobufReader.BytesType))
                value = fields.Bytes;
        }

        if (!Utf8.IsValid(key))
            return RejectionReason.InvalidUtf8;
        if (key.Length > options.MaxAttributeBytes || value.Length > options.MaxAttributeBytes)
            return RejectionReason.AttributeTooLarge;
        var hash = Hash(key);
        RemoveEarlier(key, hash, first, writer);
        _entries.Add((writer.Length, key.Length, hash));
        writer.WriteBytes(key);
        return WriteValue(value, writer, depth);
    }

    // A key that comes twice is against the specification; the last one wins, as everywhere.
    private void RemoveEarlier(ReadOnlySpan<byte> key, int hash, int first, AvroWriter writer)
    {
        for (var i = first; i < _entries.Count; i++)
        {
            var entry = _entries[i];
            if (entry.KeyHash != hash || entry.KeyLength != key.Length)
                continue;
            var reader = new AvroReader(writer.Written[entry.Start..]);
            if (!reader.ReadBytes().SequenceEqual(key))
                continue;
            var length = (i + 1 < _entries.Count ? _entries[i + 1].Start : writer.Length) - entry.Start;
            writer.Remove(entry.Start, length);
            _entries.RemoveAt(i);
            for (var j = i; j < _entries.Count; j++)
                _entries[j] = _entries[j] with { Start = _entries[j].Start - length };
            return;
        }
    }

    private RejectionReason WriteValue(ReadOnlySpan<byte> anyValue, AvroWriter writer, int depth)
    {
        if (depth > options.MaxAttributeDepth)
            return RejectionReason.AttributeTooDeep;
        var start = writer.Length;
        writer.WriteByte(0);
        var reason = RejectionReason.None;
        var fields = new ProtobufReader(anyValue);
        // Of a oneof the last member wins.
        while (reason == RejectionReason.None && fields.Next())
            reason = WriteMember(ref fields, writer, start, depth);
        return reason;
    }

    private RejectionReason WriteMember(ref ProtobufReader fields, AvroWriter writer, int start, int depth)
    {
        switch (fields.Field, fields.WireType)
        {
            case (1, ProtobufReader.BytesType):
                if (!Utf8.IsValid(fields.Bytes))
                    return RejectionReason.InvalidUtf8;
                Begin(writer, start, 1);
                writer.WriteBytes(fields.Bytes);
                break;
            case (2, ProtobufReader.VarintType):
                Begin(writer, start, 2);
                writer.WriteBoolean(fields.Number != 0);
                break;
            case (3, ProtobufReader.VarintType):
                Begin(writer, start, 3);
                writer.WriteLong((long)fields.Number);
                break;
            case (4, ProtobufReader.Fixed64Type):
                Begin(writer, start, 4);
                writer.WriteFixed64(fields.Number);
                break;
            case (5, ProtobufReader.BytesType):
                Begin(writer, start, 6);
                return WriteArray(fields.Bytes, writer, depth + 1);
            case (6, ProtobufReader.BytesType):
                Begin(writer, start, 7);
                return depth < options.MaxAttributeDepth ? WriteMap(fields.Bytes, 1, writer, depth + 1) : RejectionReason.AttributeTooDeep;
            case (7, ProtobufReader.BytesType):
                Begin(writer, start, 5);
                writer.WriteBytes(fields.Bytes);
                break;
        }

        return RejectionReason.None;
    }

    private RejectionReason WriteArray(ReadOnlySpan<byte> arrayValue, AvroWriter writer, int depth)
    {
        var block = writer.BeginBlock();
        var count = 0;
        var fields = new ProtobufReader(arrayValue);
        while (fields.Next())
        {
            if (!fields.Is(1, ProtobufReader.BytesType))
                continue;
            if (WriteValue(fields.Bytes, writer, depth) is var reason and not RejectionReason.None)
                return reason;
            count++;
        }

        writer.EndBlock(block, count);
        return RejectionReason.None;
    }

    private static void Begin(AvroWriter writer, int start, int branch)
    {
        writer.Truncate(start);
        writer.WriteLong(branch);
    }

    private static int Hash(ReadOnlySpan<byte> key) => key.IsEmpty ? 0 : (key[0] << 16) ^ (key[^1] << 8) ^ key[key.Length / 2];
}
