using Google.Protobuf;
using Google.Protobuf.Reflection;
using Pipeline.Collector.Tests.Protos;

namespace Pipeline.Collector.Tests.Receive.Otlp;

/// <summary>
/// Writes a request's fields in ways that no encoder does but the wire format allows: in any order, twice, in several pieces, among unknown ones, or not at all.
/// </summary>
internal sealed class OtlpMutator(int seed)
{
    private readonly Random _random = new(seed);

    public byte[] Mutate(byte[] request) => Rewrite(request, ExportTraceServiceRequest.Descriptor);

    private byte[] Rewrite(byte[] message, MessageDescriptor type)
    {
        var fields = Split(message).Select(f => Descend(f, type)).ToList();
        for (var i = _random.Next(3); i > 0 && fields.Count > 0; i--)
            Disturb(fields);
        using var output = new MemoryStream();
        foreach (var (tag, value) in fields)
        {
            WriteVarint(output, tag);
            output.Write(value);
        }

        return output.ToArray();
    }

    private (uint Tag, byte[] Value) Descend((uint Tag, byte[] Value) field, MessageDescriptor type)
    {
        var known = type.FindFieldByNumber((int)(field.Tag >> 3));
        if (known is not { FieldType: FieldType.Message } || (field.Tag & 7) != 2)
            return field;
        var input = new CodedInputStream(field.Value);
        var inner = Rewrite(input.ReadBytes().ToByteArray(), known.MessageType);
        using var output = new MemoryStream();
        WriteVarint(output, (ulong)inner.Length);
        output.Write(inner);
        return (field.Tag, output.ToArray());
    }

    private void Disturb(List<(uint Tag, byte[] Value)> fields)
    {
        var at = _random.Next(fields.Count);
        switch (_random.Next(7))
        {
            case 0:
                fields.Insert(_random.Next(fields.Count + 1), fields[at]);
                break;
            case 1:
                var moved = fields[at];
                fields.RemoveAt(at);
                fields.Insert(_random.Next(fields.Count + 1), moved);
                break;
            case 2:
                fields.RemoveAt(at);
                break;
            case 3:
                fields.Insert(_random.Next(fields.Count + 1), ((uint)(_random.Next(17, 3000) << 3), [0x96, 0x01]));
                break;
            case 4:
                // The same field number with another wire type is an unknown field, too.
                fields.Insert(_random.Next(fields.Count + 1), ((fields[at].Tag & ~7u) | 5, [1, 2, 3, 4]));
                break;
            case 5:
                // A group, with a field of each wire type in it.
                fields.Insert(_random.Next(fields.Count + 1), (99 << 3 | 3, [0x08, 0x05, 0x12, 0x01, 0x61, 0x19, 1, 2, 3, 4, 5, 6, 7, 8, 0x25, 1, 2, 3, 4, 0x9C, 0x06]));
                break;
            default:
                // A field of another message of the same kind: what repeats must be merged.
                fields.Insert(_random.Next(fields.Count + 1), fields[_random.Next(fields.Count)]);
                break;
        }
    }

    private static List<(uint Tag, byte[] Value)> Split(byte[] message)
    {
        var fields = new List<(uint, byte[])>();
        var input = new CodedInputStream(message);
        while (!input.IsAtEnd)
        {
            var tag = input.ReadTag();
            var start = (int)input.Position;
            input.SkipLastField();
            fields.Add((tag, message[start..(int)input.Position]));
        }

        return fields;
    }

    private static void WriteVarint(MemoryStream output, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            output.WriteByte((byte)(value | 0x80));
        output.WriteByte((byte)value);
    }
}
