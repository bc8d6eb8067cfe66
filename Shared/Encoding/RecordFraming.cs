using System.Buffers.Binary;

namespace Pipeline.Shared.Encoding;

/// <summary>
/// What stands before a record's Avro body and says which schema wrote it: Confluent's wire format (0x00, schema id, four bytes big-endian) where a schema
/// registry is configured, else Avro's single-object encoding (C3 01, CRC-64-AVRO, eight bytes little-endian). Both can always be read.
/// </summary>
public sealed class RecordFraming
{
    private const int SingleObjectBytes = 10;
    private const int ConfluentBytes = 5;

    private readonly Dictionary<RecordSchema, int> _idBySchema;
    private readonly Dictionary<int, RecordSchema> _schemaById;
    private readonly Dictionary<ulong, RecordSchema> _schemaByFingerprint = RecordSchema.All.ToDictionary(s => s.Fingerprint);

    /// <summary>Framing by fingerprint, or by these ids of a schema registry.</summary>
    public RecordFraming(IReadOnlyDictionary<RecordSchema, int>? registryIds = null)
    {
        _idBySchema = registryIds?.ToDictionary() ?? [];
        _schemaById = _idBySchema.ToDictionary(pair => pair.Value, pair => pair.Key);
    }

    /// <summary>Writes what comes before a body of this schema.</summary>
    public void WritePrefix(AvroWriter writer, RecordSchema schema)
    {
        if (_idBySchema.TryGetValue(schema, out var id))
        {
            writer.WriteByte(0);
            BinaryPrimitives.WriteInt32BigEndian(writer.Take(4), id);
            return;
        }

        writer.WriteByte(0xC3);
        writer.WriteByte(0x01);
        writer.WriteFixed64(schema.Fingerprint);
    }

    /// <summary>
    /// The body of a framed record. Throws <see cref="EncodingException"/> that names what was found, when the record was written with another schema than
    /// <paramref name="expected"/> or is not framed at all.
    /// </summary>
    public ReadOnlyMemory<byte> Unframe(ReadOnlyMemory<byte> record, RecordSchema expected)
    {
        var bytes = record.Span;
        if (bytes.Length >= SingleObjectBytes && bytes[0] == 0xC3 && bytes[1] == 0x01)
        {
            var fingerprint = BinaryPrimitives.ReadUInt64LittleEndian(bytes[2..]);
            Check(_schemaByFingerprint.GetValueOrDefault(fingerprint), expected, $"fingerprint {fingerprint:x16}");
            return record[SingleObjectBytes..];
        }

        if (bytes.Length >= ConfluentBytes && bytes[0] == 0)
        {
            var id = BinaryPrimitives.ReadInt32BigEndian(bytes[1..]);
            Check(_schemaById.GetValueOrDefault(id), expected, $"registry id {id}");
            return record[ConfluentBytes..];
        }

        throw new EncodingException(bytes.IsEmpty
            ? "The record is empty."
            : $"The record of {bytes.Length} bytes starts with 0x{bytes[0]:x2}: neither Avro single-object encoding nor Confluent's wire format.");
    }

    /// <summary>True when a record is framed as one of this schema.</summary>
    public bool Is(ReadOnlySpan<byte> record, RecordSchema schema) =>
        (record.Length >= SingleObjectBytes && record[0] == 0xC3 && record[1] == 0x01 && BinaryPrimitives.ReadUInt64LittleEndian(record[2..]) == schema.Fingerprint)
        || (record.Length >= ConfluentBytes && record[0] == 0 && _idBySchema.TryGetValue(schema, out var id) && BinaryPrimitives.ReadInt32BigEndian(record[1..]) == id);

    private static void Check(RecordSchema? found, RecordSchema expected, string how)
    {
        if (found != expected)
            throw new EncodingException($"The record was written with {(found is null ? "an unknown schema" : "the schema " + found)} ({how}); {expected} is expected here.");
    }
}
