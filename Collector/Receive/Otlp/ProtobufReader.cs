using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Pipeline.Collector.Receive.Otlp;

/// <summary>
/// Walks the fields of one protobuf message (Protocol Buffers encoding guide) without copying. Lengths are checked once per field; anything wrong throws
/// <see cref="MalformedRequestException"/>.
/// </summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> _message = message;
    private int _position;

    public const int VarintType = 0;
    public const int Fixed64Type = 1;
    public const int BytesType = 2;
    public const int Fixed32Type = 5;

    private const int GroupType = 3;
    private const int GroupEndType = 4;
    private const int MaxGroupDepth = 100;

    /// <summary>Field number and wire type of the field read last, as on the wire: <c>number &lt;&lt; 3 | wire type</c>.</summary>
    public uint Tag { get; private set; }

    /// <summary>Its value, for varint and fixed types.</summary>
    public ulong Number { get; private set; }

    /// <summary>Its value, for length-delimited types.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Where in the message the field read last begins.</summary>
    public int FieldStart { get; private set; }

    /// <summary>Where in the message it ends.</summary>
    public readonly int Position => _position;

    public readonly bool IsAtEnd => _position >= _message.Length;

    /// <summary>The tag of a length-delimited field.</summary>
    public static uint BytesTag(int field) => ((uint)field << 3) | BytesType;

    /// <summary>The tag of a varint field.</summary>
    public static uint VarintTag(int field) => (uint)field << 3;

    /// <summary>Reads the next field whole; false at the end of the message. A known field of another wire type has another tag, and so is passed over as protobuf parsers do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Next()
    {
        if (_position >= _message.Length)
            return false;
        FieldStart = _position;
        var tag = ReadVarint();
        if (tag is > uint.MaxValue or < 8)
            ThrowOutOfRange();
        Tag = (uint)tag;
        if ((tag & 7) == BytesType)
        {
            var length = ReadVarint();
            if (length > (ulong)(_message.Length - _position))
                ThrowTooLong(length);
            Bytes = _message.Slice(_position, (int)length);
            _position += (int)length;
            return true;
        }

        ReadOther();
        return true;
    }

    private void ReadOther()
    {
        switch (Tag & 7)
        {
            case VarintType:
                Number = ReadVarint();
                break;
            case Fixed64Type:
                Number = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
                break;
            case Fixed32Type:
                Number = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
                break;
            default:
                SkipGroup();
                break;
        }
    }

    // Groups are long deprecated, but an unknown field may be one.
    private void SkipGroup()
    {
        if ((Tag & 7) != GroupType)
            throw Malformed($"field {Tag >> 3} has wire type {Tag & 7}");
        var open = new Stack<uint>();
        open.Push(Tag >> 3);
        while (open.Count > 0)
        {
            if (open.Count > MaxGroupDepth)
                throw Malformed($"groups nest deeper than {MaxGroupDepth}");
            SkipInGroup(ReadVarint(), open);
        }
    }

    private void SkipInGroup(ulong tag, Stack<uint> open)
    {
        if (tag is > uint.MaxValue or < 8)
            ThrowOutOfRange();
        switch (tag & 7)
        {
            case VarintType:
                ReadVarint();
                break;
            case Fixed64Type:
                Take(8);
                break;
            case BytesType:
                var length = ReadVarint();
                Take(length <= (ulong)(_message.Length - _position) ? (int)length : throw Malformed("a field within a group is cut off"));
                break;
            case Fixed32Type:
                Take(4);
                break;
            case GroupType:
                open.Push((uint)tag >> 3);
                break;
            case GroupEndType when open.Pop() == (uint)tag >> 3:
                break;
            default:
                throw Malformed($"field {tag >> 3} within a group has wire type {tag & 7}");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong ReadVarint()
    {
        var position = _position;
        if ((uint)position < (uint)_message.Length && _message[position] is < 0x80 and var b)
        {
            _position = position + 1;
            return b;
        }

        return ReadLongVarint();
    }

    private ulong ReadLongVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (_position >= _message.Length)
                throw Malformed("a number is cut off");
            var b = _message[_position++];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return value;
        }

        throw Malformed("a number has more than ten bytes");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_message.Length - _position < count)
            throw Malformed($"field {Tag >> 3} is cut off");
        var bytes = _message.Slice(_position, count);
        _position += count;
        return bytes;
    }

    [DoesNotReturn]
    private readonly void ThrowOutOfRange() => throw Malformed("a field number is out of range");

    [DoesNotReturn]
    private readonly void ThrowTooLong(ulong length) => throw Malformed($"field {Tag >> 3} declares {length} bytes, {_message.Length - _position} are left");

    private readonly MalformedRequestException Malformed(string what) => new($"The protobuf body is malformed: {what} (byte {_position} of a message of {_message.Length}).");
}
