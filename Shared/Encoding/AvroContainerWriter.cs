using System.Security.Cryptography;

namespace Pipeline.Shared.Encoding;

/// <summary>
/// Writes records of one schema as an Avro object container file (Avro specification, "Object container files"), which other Avro tools open as it is. <see cref="CompleteAsync"/> writes
/// what is left; without it the file ends with the last whole block. The stream is not disposed. Not for many threads at once.
/// </summary>
public sealed class AvroContainerWriter : IDisposable
{
    /// <summary>A block is written once it holds this many bytes.</summary>
    public const int DefaultBlockBytes = 64 * 1024;

    internal const int SyncMarkerBytes = 16;
    internal const string SchemaKey = "avro.schema";
    internal const string CodecKey = "avro.codec";

    private readonly Stream _stream;
    private readonly RecordSchema _schema;
    private readonly AvroCodec _codec;
    private readonly int _blockBytes;
    private readonly byte[] _syncMarker = RandomNumberGenerator.GetBytes(SyncMarkerBytes);
    private readonly AvroWriter _block = new(DefaultBlockBytes);
    private readonly AvroWriter _compressed = new(DefaultBlockBytes);
    private readonly AvroWriter _output = new(DefaultBlockBytes);
    private int _blockRecords;

    /// <summary>A file of this schema. Nothing is written before the first block is full.</summary>
    public AvroContainerWriter(Stream stream, RecordSchema schema, AvroCodec codec = AvroCodec.Deflate, int blockBytes = DefaultBlockBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(blockBytes);
        (_stream, _schema, _codec, _blockBytes) = (stream, schema, codec, blockBytes);
        WriteHeader();
    }

    /// <summary>The bytes that begin an Avro container file.</summary>
    internal static ReadOnlySpan<byte> Magic => "Obj\u0001"u8;

    /// <summary>How many records have been appended.</summary>
    public long RecordCount { get; private set; }

    /// <summary>Appends a record, given as its body without framing. Throws <see cref="EncodingException"/> for one that is not of the file's schema: it would make the block unreadable.</summary>
    public async ValueTask AppendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        Append(body.Span);
        if (_block.Length >= _blockBytes)
            await WriteBlockAsync(cancellation);
    }

    /// <summary>Writes what has not been written yet. More may be appended.</summary>
    public async Task CompleteAsync(CancellationToken cancellation)
    {
        await WriteBlockAsync(cancellation);
        await _stream.FlushAsync(cancellation);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _block.Dispose();
        _compressed.Dispose();
        _output.Dispose();
    }

    private void WriteHeader()
    {
        _output.WriteRaw(Magic);
        _output.WriteLong(2);
        _output.WriteString(SchemaKey);
        _output.WriteString(_schema.Json);
        _output.WriteString(CodecKey);
        _output.WriteString(AvroBlockCompression.NameOf(_codec));
        _output.WriteByte(0);
        _output.WriteRaw(_syncMarker);
    }

    private void Append(ReadOnlySpan<byte> body)
    {
        var reader = new AvroReader(body);
        AvroSchemaSkip.Value(ref reader, _schema.Parsed);
        reader.RequireEnd();
        _block.WriteRaw(body);
        _blockRecords++;
        RecordCount++;
    }

    private async Task WriteBlockAsync(CancellationToken cancellation)
    {
        EncodeBlock();
        await _stream.WriteAsync(_output.WrittenMemory, cancellation);
        _output.Truncate();
    }

    private void EncodeBlock()
    {
        if (_blockRecords == 0)
            return;
        _compressed.Truncate();
        AvroBlockCompression.Compress(_codec, _block.Written, _compressed);
        _output.WriteLong(_blockRecords);
        _output.WriteBytes(_compressed.Written);
        _output.WriteRaw(_syncMarker);
        _block.Truncate();
        _blockRecords = 0;
    }
}
