using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Pipeline.Shared.Encoding;

namespace Pipeline.Collector.Receive.Otlp;

/// <summary>
/// Transcodes attributes, KeyValue and AnyValue of OTLP's common.proto, to the Avro maps and unions of our schema. For one request at a time; after an exception
/// it is not to be used again.
/// </summary>
internal sealed class OtlpAttributes(CollectorOptions options)
{
    private const uint KeyTag = 1 << 3 | ProtobufReader.BytesType;
    private const uint ValueTag = 2 << 3 | ProtobufReader.BytesType;
    private const uint ItemTag = 1 << 3 | ProtobufReader.BytesType;

    // Members of AnyValue's oneof.
    private const uint StringTag = 1 << 3 | ProtobufReader.BytesType;
    private const uint BoolTag = 2 << 3 | ProtobufReader.VarintType;
    private const uint IntTag = 3 << 3 | ProtobufReader.VarintType;
    private const uint DoubleTag = 4 << 3 | ProtobufReader.Fixed64Type;
    private const uint ArrayTag = 5 << 3 | ProtobufReader.BytesType;
    private const uint MapTag = 6 << 3 | ProtobufReader.BytesType;
    private const uint BytesTag = 7 << 3 | ProtobufReader.BytesType;

    // Branches of the value union of SpanBatch.avsc, zig-zag encoded.
    private const byte NullBranch = 0;
    private const byte StringBranch = 2;
    private const byte BoolBranch = 4;
    private const byte LongBranch = 6;
    private const byte DoubleBranch = 8;
    private const byte BytesBranch = 10;
    private const byte ArrayBranch = 12;
    private const byte MapBranch = 14;

    // The entries of the maps that are open, the innermost one last.
    private readonly List<Entry> _entries = [];

    /// <summary>All fields with this tag in a message, each a KeyValue, as one map.</summary>
    public RejectionReason WriteMap(ReadOnlySpan<byte> message, uint tag, AvroWriter writer) => WriteMap(message, tag, writer, 0);

    private RejectionReason WriteMap(ReadOnlySpan<byte> message, uint tag, AvroWriter writer, int depth)
    {
        if (message.IsEmpty)
        {
            writer.WriteByte(0);
            return RejectionReason.None;
        }

        var block = writer.BeginBlock();
        var map = new OpenMap(_entries.Count);
        var fields = new ProtobufReader(message);
        var reason = RejectionReason.None;
        while (reason == RejectionReason.None && fields.Next())
        {
            if (fields.Tag != tag)
                continue;
            reason = _entries.Count - map.First >= options.MaxAttributes ? RejectionReason.TooManyAttributes : WriteEntry(fields.Bytes, ref map, writer, depth);
        }

        var count = _entries.Count - map.First;
        CollectionsMarshal.SetCount(_entries, map.First);
        if (reason == RejectionReason.None)
            writer.EndBlock(block, count);
        return reason;
    }

    private RejectionReason WriteEntry(ReadOnlySpan<byte> keyValue, ref OpenMap map, AvroWriter writer, int depth)
    {
        ReadOnlySpan<byte> key = [];
        ReadOnlySpan<byte> value = [];
        var values = 0;
        var fields = new ProtobufReader(keyValue);
        while (fields.Next())
        {
            if (fields.Tag == KeyTag)
                key = fields.Bytes;
            if (fields.Tag != ValueTag)
                continue;
            value = fields.Bytes;
            values++;
        }

        if (values > 1)
            value = RepeatedMessage.Concatenate(keyValue, ValueTag);
        if (key.Length > options.MaxAttributeKeyBytes)
            return RejectionReason.AttributeKeyTooLarge;
        if (!OtlpText.IsValid(key))
            return RejectionReason.InvalidUtf8;
        var hash = Hash(key);
        if (!map.AddHash(hash))
            RemoveEarlier(key, hash, map.First, writer);
        _entries.Add(new Entry(writer.Length, key.Length, hash));
        writer.WriteBytes(key);
        return WriteValue(value, writer, depth);
    }

    // A key that comes twice is against the specification; the last one wins, as everywhere.
    private void RemoveEarlier(ReadOnlySpan<byte> key, int hash, int first, AvroWriter writer)
    {
        var entries = CollectionsMarshal.AsSpan(_entries);
        for (var i = first; i < entries.Length; i++)
        {
            var entry = entries[i];
            if (entry.KeyHash != hash || entry.KeyLength != key.Length)
                continue;
            var reader = new AvroReader(writer.Written[entry.Start..]);
            if (!reader.ReadBytes().SequenceEqual(key))
                continue;
            var length = (i + 1 < entries.Length ? entries[i + 1].Start : writer.Length) - entry.Start;
            writer.Remove(entry.Start, length);
            foreach (ref var later in entries[(i + 1)..])
                later = later with { Start = later.Start - length };
            _entries.RemoveAt(i);
            return;
        }
    }

    private RejectionReason WriteValue(ReadOnlySpan<byte> anyValue, AvroWriter writer, int depth)
    {
        if (depth > options.MaxAttributeDepth)
            return RejectionReason.AttributeTooDeep;
        var fields = new ProtobufReader(anyValue);
        if (!fields.Next())
        {
            writer.WriteByte(NullBranch);
            return RejectionReason.None;
        }

        return fields.IsAtEnd ? WriteMember(fields.Tag, fields.Bytes, fields.Number, writer, depth) : WriteLastMember(anyValue, writer, depth);
    }

    // Of a oneof the last member wins; a message that follows others of its own kind is merged with them.
    private RejectionReason WriteLastMember(ReadOnlySpan<byte> anyValue, AvroWriter writer, int depth)
    {
        uint tag = 0;
        ulong number = 0;
        ReadOnlySpan<byte> bytes = [];
        var (runStart, run) = (0, 0);
        var fields = new ProtobufReader(anyValue);
        while (fields.Next())
        {
            if (fields.Tag is not (StringTag or BoolTag or IntTag or DoubleTag or ArrayTag or MapTag or BytesTag))
                continue;
            (runStart, run) = fields.Tag == tag ? (runStart, run + 1) : (fields.FieldStart, 1);
            tag = fields.Tag;
            number = fields.Number;
            bytes = fields.Bytes;
        }

        if (run > 1 && tag is ArrayTag or MapTag)
            bytes = RepeatedMessage.Concatenate(anyValue[runStart..], tag);
        return WriteMember(tag, bytes, number, writer, depth);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private RejectionReason WriteMember(uint tag, ReadOnlySpan<byte> bytes, ulong number, AvroWriter writer, int depth)
    {
        if (tag == StringTag)
            return WriteText(bytes, writer);
        if (tag != IntTag)
            return WriteOther(tag, bytes, number, writer, depth);
        writer.WriteByte(LongBranch);
        writer.WriteLong((long)number);
        return RejectionReason.None;
    }

    private RejectionReason WriteText(ReadOnlySpan<byte> text, AvroWriter writer)
    {
        if (text.Length > options.MaxAttributeValueBytes)
            return RejectionReason.AttributeTooLarge;
        if (!OtlpText.IsValid(text))
            return RejectionReason.InvalidUtf8;
        writer.WriteByte(StringBranch);
        writer.WriteBytes(text);
        return RejectionReason.None;
    }

    private RejectionReason WriteOther(uint tag, ReadOnlySpan<byte> bytes, ulong number, AvroWriter writer, int depth)
    {
        if (tag is ArrayTag or MapTag or BytesTag && bytes.Length > options.MaxAttributeValueBytes)
            return RejectionReason.AttributeTooLarge;
        switch (tag)
        {
            case BoolTag:
                writer.WriteByte(BoolBranch);
                writer.WriteBoolean(number != 0);
                break;
            case DoubleTag:
                writer.WriteByte(DoubleBranch);
                writer.WriteFixed64(number);
                break;
            case BytesTag:
                writer.WriteByte(BytesBranch);
                writer.WriteBytes(bytes);
                break;
            case ArrayTag:
                writer.WriteByte(ArrayBranch);
                return WriteArray(bytes, writer, depth + 1);
            case MapTag:
                writer.WriteByte(MapBranch);
                return WriteMap(bytes, ItemTag, writer, depth + 1);
            default:
                writer.WriteByte(NullBranch);
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
            if (fields.Tag != ItemTag)
                continue;
            if (WriteValue(fields.Bytes, writer, depth) is var reason and not RejectionReason.None)
                return reason;
            count++;
        }

        writer.EndBlock(block, count);
        return RejectionReason.None;
    }

    // Tells keys of one map apart, no more: equal hashes are compared byte by byte, and a map has at most MaxAttributes entries.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Hash(ReadOnlySpan<byte> key)
    {
        if (key.Length < sizeof(ulong))
            return key.IsEmpty ? 0 : (key[0] << 16) ^ (key[^1] << 8) ^ key[key.Length / 2];
        var first = MemoryMarshal.Read<ulong>(key);
        var last = MemoryMarshal.Read<ulong>(key[^sizeof(ulong)..]);
        return (int)(((first ^ (last * 3) ^ (ulong)key.Length) * 0x9E3779B97F4A7C15) >> 32);
    }

    private readonly record struct Entry(int Start, int KeyLength, int KeyHash);

    /// <summary>Which entries belong to a map, and a filter of 64 bits over their keys, so that most keys are known to be new at once.</summary>
    private struct OpenMap(int first)
    {
        private ulong _filter;

        public readonly int First => first;

        /// <summary>True when no key with this hash can be in the map yet.</summary>
        public bool AddHash(int hash)
        {
            var bit = 1UL << (hash & 63);
            var isNew = (_filter & bit) == 0;
            _filter |= bit;
            return isNew;
        }
    }
}
