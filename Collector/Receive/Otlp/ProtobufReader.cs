using System.Buffers.Binary;
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

    /// <summary>The field read last.</summary>
    public int Field { get; private set; }

    /// <summary>Its wire type.</summary>
    public int WireType { get; private set; }

    /// <summary>Its value, for varint and fixed types.</summary>
    public ulong Number { get; private set; }

    /// <summary>Its value, for length-delimited types.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Reads the next field whole; false at the end of the message.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Next()
    {
        if (_position >= _message.Length)
            return false;
        var tag = ReadVarint();
        Field = (int)(tag >> 3);
        WireType = (int)(tag & 7);
        if (tag > uint.MaxValue || Field == 0)
            throw Malformed("a field number is out of range");
        switch (WireType)
        {
            case VarintType:
                Number = ReadVarint();
                break;
            case Fixed64Type:
                Number = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
                break;
            case BytesType:
                var length = ReadVarint();
                Bytes = length <= (ulong)(_message.Length - _position) ? Take((int)length) : throw Malformed($"field {Field} declares {length} bytes, {_message.Length - _position} are left");
                break;
            case Fixed32Type:
                Number = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
                break;
            default:
                SkipGroup();
                break;
        }

        return true;
    }

    /// <summary>True when the field is the given one and of the given wire type; another wire type for a known field is passed over, as protobuf parsers do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Is(int field, int wireType) => Field == field && WireType == wireType;

    // Groups are long deprecated, but an unknown field may be one.
    private void SkipGroup()
    {
        if (WireType != 3)
            throw Malformed($"field {Field} has wire type {WireType}");
        var start = Field;
        var open = new Stack<int>();
        open.Push(start);
        while (open.Count > 0)
        {
            if (open.Count > 100)
                throw Malformed("groups nest deeper than 100");
            var tag = ReadVarint();
            var (field, type) = ((int)(tag >> 3), (int)(tag & 7));
            SkipInGroup(field, type, open);
        }

        (Field, WireType) = (start, 3);
    }

    private void SkipInGroup(int field, int type, Stack<int> open)
    {
        switch (type)
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
            case 3:
                open.Push(field);
                break;
            case 4 when open.Pop() == field:
                break;
            default:
                throw Malformed($"field {field} within a group has wire type {type}");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong ReadVarint()
    {
        if (_position < _message.Length && _message[_position] < 0x80)
            return _message[_position++];
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> Take(int count)
    {
        if (_message.Length - _position < count)
            throw Malformed($"field {Field} is cut off");
        var bytes = _message.Slice(_position, count);
        _position += count;
        return bytes;
    }

    private readonly MalformedRequestException Malformed(string what) => new($"The protobuf body is malformed: {what} (byte {_position} of a message of {_message.Length}).");
}
