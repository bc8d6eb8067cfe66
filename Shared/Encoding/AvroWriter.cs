using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Pipeline.Shared.Encoding;

/// <summary>
/// Writes Avro's binary encoding (Avro specification, "Binary encoding") into one pooled, growing buffer. Arrays and maps are written as blocks with byte
/// sizes, so that readers can skip them. Not for many threads at once. Dispose gives the buffer back.
/// </summary>
public sealed class AvroWriter : IDisposable
{
    private const int MaxVarintBytes = 10;
    // A block's byte size is written after its content is known; two bytes hold sizes up to 8,191, what larger ones need is made room for.
    private const int ReservedSizeBytes = 2;

    private byte[] _buffer;

    /// <summary>A writer with room for this many bytes to begin with.</summary>
    public AvroWriter(int capacityBytes = 1024) => _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(capacityBytes, 64));

    /// <summary>How many bytes have been written.</summary>
    public int Length { get; private set; }

    /// <summary>What has been written; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>As <see cref="Written"/>, for asynchronous use.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, Length);

    /// <summary>Forgets what was written, or everything after the first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)Length);
        Length = length;
    }

    /// <summary>Takes out bytes that were written; what follows moves up.</summary>
    public void Remove(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)(start + count), (uint)Length);
        _buffer.AsSpan(start + count, Length - start - count).CopyTo(_buffer.AsSpan(start));
        Length -= count;
    }

    /// <summary>A long or int: zig-zag, then seven bits a byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteLong(long value)
    {
        Reserve(MaxVarintBytes);
        Length += Encode(_buffer.AsSpan(Length), value);
    }

    /// <summary>A boolean.</summary>
    public void WriteBoolean(bool value) => WriteByte(value ? (byte)1 : (byte)0);

    /// <summary>A double: eight bytes, little-endian.</summary>
    public void WriteDouble(double value) => WriteFixed64((ulong)BitConverter.DoubleToInt64Bits(value));

    /// <summary>Eight bytes, little-endian.</summary>
    public void WriteFixed64(ulong value)
    {
        Reserve(8);
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer.AsSpan(Length), value);
        Length += 8;
    }

    /// <summary>Bytes, or text that is UTF-8 already: the length, then the bytes.</summary>
    public void WriteBytes(scoped ReadOnlySpan<byte> bytes)
    {
        WriteLong(bytes.Length);
        WriteRaw(bytes);
    }

    /// <summary>Text.</summary>
    public void WriteString(string text)
    {
        var count = System.Text.Encoding.UTF8.GetByteCount(text);
        WriteLong(count);
        System.Text.Encoding.UTF8.GetBytes(text, Take(count));
    }

    /// <summary>Bytes without a length: fixed values, or what is encoded already.</summary>
    public void WriteRaw(scoped ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>One byte.</summary>
    public void WriteByte(byte value)
    {
        Reserve(1);
        _buffer[Length++] = value;
    }

    /// <summary>Room for this many bytes at the end of what is written, to be filled by the caller at once.</summary>
    public Span<byte> Take(int count)
    {
        Reserve(count);
        var span = _buffer.AsSpan(Length, count);
        Length += count;
        return span;
    }

    /// <summary>
    /// Begins a block of an array or map whose item count is not yet known. Returns a token for <see cref="EndBlock"/>. Blocks nest.
    /// </summary>
    public int BeginBlock()
    {
        var start = Length;
        Take(1 + ReservedSizeBytes);
        return start;
    }

    /// <summary>Ends the innermost open block and the array or map that it makes up. Without items nothing but the end mark is left.</summary>
    public void EndBlock(int start, int itemCount)
    {
        if (itemCount == 0)
            Length = start;
        else
            CloseBlock(start, itemCount);
        WriteByte(0);
    }

    /// <summary>Ends the innermost open block, leaving its array open for more blocks: one <see cref="WriteByte"/> of 0 ends the array. It must hold an item.</summary>
    public void CloseBlock(int start, int itemCount)
    {
        // A count of 0 would end the array.
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(itemCount);
        Span<byte> header = stackalloc byte[2 * MaxVarintBytes];
        var content = start + 1 + ReservedSizeBytes;
        var contentBytes = Length - content;
        var headerBytes = Encode(header, -itemCount);
        headerBytes += Encode(header[headerBytes..], contentBytes);
        var shift = headerBytes - 1 - ReservedSizeBytes;
        if (shift > 0)
            Reserve(shift);
        if (shift != 0)
            _buffer.AsSpan(content, contentBytes).CopyTo(_buffer.AsSpan(content + shift));
        header[..headerBytes].CopyTo(_buffer.AsSpan(start));
        Length += shift;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        Length = 0;
    }

    /// <summary>Writes a long into a span of at least ten bytes; returns how many it took.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Encode(Span<byte> destination, long value)
    {
        var bits = (ulong)((value << 1) ^ (value >> 63));
        var count = 0;
        while (bits >= 0x80)
        {
            destination[count++] = (byte)(bits | 0x80);
            bits >>= 7;
        }

        destination[count] = (byte)bits;
        return count + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reserve(int count)
    {
        if (_buffer.Length - Length < count)
            Grow(count);
    }

    private void Grow(int count)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(Length + count), (int)Math.Min(2L * _buffer.Length, Array.MaxLength)));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
