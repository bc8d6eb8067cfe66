using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Pipeline.Shared.Encoding;

/// <summary>
/// Reads Avro's binary encoding (Avro specification, "Binary encoding") from a span, without copying. Every length is checked against what is left; anything
/// wrong throws <see cref="EncodingException"/> with the place.
/// </summary>
public ref struct AvroReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>How far reading got.</summary>
    public int Position { get; private set; }

    /// <summary>True when all is read.</summary>
    public readonly bool IsAtEnd => Position == _bytes.Length;

    /// <summary>What lies between two positions.</summary>
    public readonly ReadOnlySpan<byte> Slice(int start, int end) => _bytes[start..end];

    /// <summary>A long.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long ReadLong()
    {
        if (Position < _bytes.Length && _bytes[Position] < 0x80)
        {
            uint small = _bytes[Position++];
            return (int)(small >> 1) ^ -(int)(small & 1);
        }

        return ReadLongSlow();
    }

    /// <summary>An int; anything outside its range is an error.</summary>
    public int ReadInt()
    {
        var value = ReadLong();
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : throw Malformed($"{value} is not a 32-bit number");
    }

    /// <summary>An unsigned 32-bit number that is carried in a long.</summary>
    public uint ReadUInt32()
    {
        var value = ReadLong();
        return value is >= 0 and <= uint.MaxValue ? (uint)value : throw Malformed($"{value} is not an unsigned 32-bit number");
    }

    /// <summary>A boolean.</summary>
    public bool ReadBoolean() => ReadRaw(1)[0] switch
    {
        0 => false,
        1 => true,
        var other => throw Malformed($"{other} is not a boolean"),
    };

    /// <summary>A double.</summary>
    public double ReadDouble() => BitConverter.Int64BitsToDouble(BinaryPrimitives.ReadInt64LittleEndian(ReadRaw(8)));

    /// <summary>Bytes or UTF-8 text.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        var length = ReadLong();
        if ((ulong)length > (ulong)(_bytes.Length - Position))
            throw Malformed($"a length of {length} bytes goes beyond the end");
        return ReadRaw((int)length);
    }

    /// <summary>Text.</summary>
    public string ReadString()
    {
        var bytes = ReadBytes();
        return bytes.IsEmpty ? "" : System.Text.Encoding.UTF8.GetString(bytes);
    }

    /// <summary>An index of an enum's symbol or a union's branch, below <paramref name="limit"/>.</summary>
    public int ReadIndex(int limit)
    {
        var index = ReadLong();
        return (ulong)index < (ulong)limit ? (int)index : throw Malformed($"index {index} is not below {limit}");
    }

    /// <summary>This many bytes without a length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> ReadRaw(int count)
    {
        if (_bytes.Length - Position < count)
            throw Malformed($"{count} bytes wanted, {_bytes.Length - Position} left");
        var raw = _bytes.Slice(Position, count);
        Position += count;
        return raw;
    }

    /// <summary>
    /// The head of the next block of an array or map: its item count, 0 at the end. <paramref name="blockBytes"/> is the size of its items, or −1 where the
    /// writer did not say.
    /// </summary>
    public long ReadBlock(out int blockBytes)
    {
        var count = ReadLong();
        blockBytes = -1;
        if (count >= 0)
            return CheckCount(count, _bytes.Length - Position);
        var size = ReadLong();
        if ((ulong)size > (ulong)(_bytes.Length - Position) || count == long.MinValue)
            throw Malformed($"a block of {size} bytes goes beyond the end");
        blockBytes = (int)size;
        return CheckCount(-count, size);
    }

    /// <summary>Throws where there is more to read: what was read is not what was meant.</summary>
    public readonly void RequireEnd()
    {
        if (!IsAtEnd)
            throw Malformed($"{_bytes.Length - Position} bytes follow the end");
    }

    /// <summary>An error at the present position.</summary>
    public readonly EncodingException Malformed(string what) => new($"Avro, byte {Position} of {_bytes.Length}: {what}.");

    // Every item of our schemas takes at least one byte, so a count beyond the bytes is a lie that would otherwise cost a long loop.
    private readonly long CheckCount(long count, long bytes) => count <= bytes ? count : throw Malformed($"{count} items in {bytes} bytes");

    private long ReadLongSlow()
    {
        ulong bits = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (Position >= _bytes.Length)
                throw Malformed("a number is cut off");
            var b = _bytes[Position++];
            bits |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return shift == 63 && b > 1 ? throw Malformed("a number has more than 64 bits") : (long)(bits >> 1) ^ -(long)(bits & 1);
        }

        throw Malformed("a number has more than ten bytes");
    }
}
