using System.Runtime.CompilerServices;

namespace Pipeline.Shared.Encoding;

/// <summary>
/// Reads Avro object container files (Avro specification, "Object container files") of our schemas, whoever wrote them. What the file claims is never believed before the bytes are there;
/// a block may hold up to <see cref="MaxBlockBytes"/>. Not for many threads at once; the stream is not disposed.
/// </summary>
public sealed class AvroContainerReader : IDisposable
{
    /// <summary>How large a block may be, compressed and decompressed.</summary>
    public const int MaxBlockBytes = 64 * 1024 * 1024;

    private const int MaxMetadataBytes = 1024 * 1024;

    private readonly AvroStream _stream;
    private readonly byte[] _syncMarker;
    private readonly AvroWriter _block = new();

    private AvroContainerReader(AvroStream stream, RecordSchema schema, AvroCodec codec, byte[] syncMarker) =>
        (_stream, Schema, Codec, _syncMarker) = (stream, schema, codec, syncMarker);

    /// <summary>The schema of the records.</summary>
    public RecordSchema Schema { get; }

    /// <summary>How the blocks are compressed.</summary>
    public AvroCodec Codec { get; }

    /// <summary>Reads the file's head. Throws <see cref="EncodingException"/> where it is no container file, or holds records of a schema or codec that we do not know.</summary>
    public static async Task<AvroContainerReader> OpenAsync(Stream stream, CancellationToken cancellation)
    {
        var source = new AvroStream(stream);
        var magic = await source.ReadBytesAsync(AvroContainerWriter.Magic.Length, cancellation);
        if (!magic.AsSpan().SequenceEqual(AvroContainerWriter.Magic))
            throw new EncodingException("The file does not begin as an Avro container file does.");
        var metadata = await ReadMetadataAsync(source, cancellation);
        var schema = FindSchema(metadata.GetValueOrDefault(AvroContainerWriter.SchemaKey) ?? throw new EncodingException("The container file does not say its schema."));
        var codec = AvroBlockCompression.CodecOf(metadata.GetValueOrDefault(AvroContainerWriter.CodecKey, "null"));
        return new AvroContainerReader(source, schema, codec, await source.ReadBytesAsync(AvroContainerWriter.SyncMarkerBytes, cancellation));
    }

    /// <summary>The bodies of all records, each valid until the next one is asked for. Throws <see cref="EncodingException"/>; what came before is sound.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (!await _stream.IsAtEndAsync(cancellation))
        {
            var count = await ReadBlockAsync(cancellation);
            var block = _block.WrittenMemory;
            for (; count > 0; count--)
            {
                var length = LengthOfFirst(block.Span);
                yield return block[..length];
                block = block[length..];
            }

            if (!block.IsEmpty)
                throw new EncodingException($"{block.Length} bytes follow the last record of a block of the container file.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _block.Dispose();

    private async Task<long> ReadBlockAsync(CancellationToken cancellation)
    {
        var count = await _stream.ReadLongAsync(cancellation);
        var size = await _stream.ReadLongAsync(cancellation);
        if (count < 0 || size is < 0 or > MaxBlockBytes)
            throw new EncodingException($"A block of the container file claims {count} records in {size} bytes; up to {MaxBlockBytes} bytes can be read.");
        var compressed = await _stream.ReadBytesAsync((int)size, cancellation);
        var marker = await _stream.ReadBytesAsync(_syncMarker.Length, cancellation);
        if (!marker.AsSpan().SequenceEqual(_syncMarker))
            throw new EncodingException("A block of the container file does not end with the file's sync marker.");
        _block.Truncate();
        AvroBlockCompression.Decompress(Codec, compressed, _block, MaxBlockBytes);
        return count;
    }

    private int LengthOfFirst(ReadOnlySpan<byte> block)
    {
        var reader = new AvroReader(block);
        AvroSchemaSkip.Value(ref reader, Schema.Parsed);
        return reader.Position;
    }

    private static async Task<Dictionary<string, string>> ReadMetadataAsync(AvroStream source, CancellationToken cancellation)
    {
        var metadata = new Dictionary<string, string>();
        var left = MaxMetadataBytes;
        while (await source.ReadLongAsync(cancellation) is var count and not 0)
        {
            if (count < 0)
                await source.ReadLongAsync(cancellation);
            if (count is < -MaxMetadataBytes or > MaxMetadataBytes)
                throw new EncodingException($"The head of the container file claims {count} entries.");
            for (count = Math.Abs(count); count > 0; count--)
            {
                var key = await ReadTextAsync();
                metadata[key] = await ReadTextAsync();
            }
        }

        return metadata;

        async Task<string> ReadTextAsync()
        {
            var length = await source.ReadLongAsync(cancellation);
            if (length < 0 || length > left)
                throw new EncodingException($"The head of the container file is larger than {MaxMetadataBytes} bytes or claims a length below zero.");
            left -= (int)length;
            return System.Text.Encoding.UTF8.GetString(await source.ReadBytesAsync((int)length, cancellation));
        }
    }

    private static RecordSchema FindSchema(string json)
    {
        ulong fingerprint;
        string name;
        try
        {
            var schema = Avro.Schema.Parse(json);
            (fingerprint, name) = (RecordSchema.FingerprintOf(schema), schema.Name);
        }
        // Apache.Avro answers text that is no schema with exceptions of many types.
        catch (Exception e)
        {
            throw new EncodingException($"The schema of the container file cannot be read: {e.Message}", e);
        }

        return RecordSchema.All.FirstOrDefault(s => s.Fingerprint == fingerprint)
            ?? throw new EncodingException($"The container file holds records '{name}' of a schema that is not known here (fingerprint {fingerprint:x16}).");
    }
}
