namespace Pipeline.Shared.Encoding;

/// <summary>How the blocks of an Avro container file are compressed (Avro specification, "Object container files").</summary>
public enum AvroCodec
{
    /// <summary>Not at all.</summary>
    Null = 0,

    /// <summary>Deflate without a zlib header (RFC 1951).</summary>
    Deflate = 1,

    /// <summary>Raw Snappy, followed by the CRC-32 of what was compressed.</summary>
    Snappy = 2,
}
