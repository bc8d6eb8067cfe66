using System.Buffers;
using System.Buffers.Binary;

namespace Pipeline.AllInOne.Demo;

/// <summary>Writes one message in protobuf's binary form (protobuf.dev, "Encoding").</summary>
internal sealed class ProtobufMessage
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int LengthDelimited = 2;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    /// <summary>A whole number or an enumeration; also where it is 0, as a member of a oneof needs.</summary>
    public ProtobufMessage Add(int field, ulong value)
    {
        WriteTag(field, Varint);
        WriteVarint(value);
        return this;
    }

    /// <summary>A fixed64, or the bits of a double.</summary>
    public ProtobufMessage AddFixed64(int field, ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        WriteTag(field, Fixed64);
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>Bytes; left out where there are none.</summary>
    public ProtobufMessage Add(int field, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            return this;
        WriteTag(field, LengthDelimited);
        WriteVarint((ulong)value.Length);
        _bytes.Write(value);
        return this;
    }

    /// <summary>Text; left out where it is empty.</summary>
    public ProtobufMessage Add(int field, string value) => Add(field, System.Text.Encoding.UTF8.GetBytes(value));

    /// <summary>A message within the message.</summary>
    public ProtobufMessage Add(int field, ProtobufMessage value)
    {
        WriteTag(field, LengthDelimited);
        WriteVarint((ulong)value._bytes.WrittenCount);
        _bytes.Write(value._bytes.WrittenSpan);
        return this;
    }

    private void WriteTag(int field, int wireType) => WriteVarint((ulong)(field << 3 | wireType));

    private void WriteVarint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            WriteByte((byte)(value | 0x80));
        WriteByte((byte)value);
    }

    private void WriteByte(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
    }
}
