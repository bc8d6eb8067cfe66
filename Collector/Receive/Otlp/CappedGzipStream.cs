using System.IO.Compression;
using Grpc.Core;

namespace Pipeline.Collector.Receive.Otlp;

/// <summary>What a gzip message inflates to. Throws <see cref="RpcException"/> beyond the cap, and where the message is not gzip or cut off.</summary>
internal sealed class CappedGzipStream : ReadOnlyStream
{
    private readonly TailStream _compressed;
    private readonly GZipStream _inflated;
    private readonly int _limitBytes;
    private long _read;

    public CappedGzipStream(Stream compressed, int limitBytes)
    {
        _compressed = new TailStream(compressed);
        _inflated = new GZipStream(_compressed, CompressionMode.Decompress);
        _limitBytes = limitBytes;
    }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            var count = _inflated.Read(buffer);
            if (count == 0 && buffer.Length > 0 && !_compressed.EndsWithSize((uint)_read))
                throw GzipTrailer.CutOff();
            return Count(count);
        }
        catch (InvalidDataException exception)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, "The message is not valid gzip: " + exception.Message));
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _inflated.Dispose();
        base.Dispose(disposing);
    }

    private int Count(int count)
    {
        _read += count;
        return _read <= _limitBytes
            ? count
            : throw new RpcException(new Status(StatusCode.ResourceExhausted, $"The message inflates to more than {_limitBytes} bytes (Collector:MaxDecompressedBytes)."));
    }

    /// <summary>Passes the compressed bytes on and remembers the last of them. The inner stream stays open: it is the framework's.</summary>
    private sealed class TailStream(Stream inner) : ReadOnlyStream
    {
        private readonly byte[] _tail = new byte[GzipTrailer.LengthBytes];

        public bool EndsWithSize(uint size) => GzipTrailer.ReadSize(_tail) == size;

        public override int Read(Span<byte> buffer)
        {
            var count = inner.Read(buffer);
            var last = buffer[..count];
            if (count < _tail.Length)
                _tail.AsSpan(count).CopyTo(_tail);
            else
                last = last[^_tail.Length..];
            last.CopyTo(_tail.AsSpan(_tail.Length - last.Length));
            return count;
        }
    }
}
