using System.Buffers.Binary;
using System.IO.Compression;
using Snappier;

namespace Pipeline.Shared.Encoding;

/// <summary>Compresses and decompresses the blocks of Avro container files.</summary>
internal static class AvroBlockCompression
{
    private const int ChecksumBytes = 4;
    private const int ChunkBytes = 16 * 1024;

    /// <summary>The codec's name in the file's metadata.</summary>
    public static string NameOf(AvroCodec codec) => codec switch
    {
        AvroCodec.Null => "null",
        AvroCodec.Deflate => "deflate",
        AvroCodec.Snappy => "snappy",
        _ => throw new ArgumentOutOfRangeException(nameof(codec), codec, "No such codec."),
    };

    /// <summary>The codec of this name. Throws <see cref="EncodingException"/> for one that we do not have.</summary>
    public static AvroCodec CodecOf(string name) => name switch
    {
        "null" => AvroCodec.Null,
        "deflate" => AvroCodec.Deflate,
        "snappy" => AvroCodec.Snappy,
        _ => throw new EncodingException($"The container file is compressed with '{name}'; null, deflate and snappy can be read."),
    };

    /// <summary>Appends the compressed block.</summary>
    public static void Compress(AvroCodec codec, ReadOnlySpan<byte> block, AvroWriter output)
    {
        switch (codec)
        {
            case AvroCodec.Deflate:
                Deflate(block, output);
                break;
            case AvroCodec.Snappy:
                var start = output.Length;
                var length = Snappy.Compress(block, output.Take(Snappy.GetMaxCompressedLength(block.Length)));
                output.Truncate(start + length);
                BinaryPrimitives.WriteUInt32BigEndian(output.Take(ChecksumBytes), Crc32.Of(block));
                break;
            default:
                output.WriteRaw(block);
                break;
        }
    }

    /// <summary>Appends the decompressed block. Throws <see cref="EncodingException"/> for garbled content and for more than <paramref name="maxBytes"/>.</summary>
    public static void Decompress(AvroCodec codec, byte[] block, AvroWriter output, int maxBytes)
    {
        try
        {
            if (codec == AvroCodec.Deflate)
                Inflate(block, output, maxBytes);
            else if (codec == AvroCodec.Snappy)
                Unsnap(block, output, maxBytes);
            else
                output.WriteRaw(block);
        }
        catch (InvalidDataException e)
        {
            throw new EncodingException($"A block of the container file is not {NameOf(codec)}: {e.Message}", e);
        }
    }

    private static void Deflate(ReadOnlySpan<byte> block, AvroWriter output)
    {
        using var compressed = new MemoryStream();
        using (var deflate = new DeflateStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            deflate.Write(block);
        output.WriteRaw(compressed.GetBuffer().AsSpan(0, (int)compressed.Length));
    }

    private static void Inflate(byte[] block, AvroWriter output, int maxBytes)
    {
        using var inflate = new DeflateStream(new MemoryStream(block), CompressionMode.Decompress);
        while (true)
        {
            var length = output.Length;
            var read = inflate.Read(output.Take(ChunkBytes));
            output.Truncate(length + read);
            if (read == 0)
                return;
            if (output.Length > maxBytes)
                throw TooLarge(maxBytes);
        }
    }

    private static void Unsnap(ReadOnlySpan<byte> block, AvroWriter output, int maxBytes)
    {
        if (block.Length < ChecksumBytes)
            throw new InvalidDataException("its checksum is missing.");
        var compressed = block[..^ChecksumBytes];
        var length = Snappy.GetUncompressedLength(compressed);
        // Snappy packs 64 bytes into three at best: a length beyond that is a lie that would cost memory.
        if ((uint)length > maxBytes || length / 32 > compressed.Length)
            throw TooLarge(maxBytes);
        var start = output.Length;
        var written = Snappy.Decompress(compressed, output.Take(length));
        if (written != length || Crc32.Of(output.Written[start..]) != BinaryPrimitives.ReadUInt32BigEndian(block[^ChecksumBytes..]))
            throw new InvalidDataException("its length or checksum is not that of its content.");
    }

    private static InvalidDataException TooLarge(int maxBytes) => new($"its content is larger than {maxBytes} bytes or than such a block can hold.");
}
