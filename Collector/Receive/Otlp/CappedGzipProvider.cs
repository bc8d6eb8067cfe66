using System.IO.Compression;
using Grpc.Core;
using Grpc.Net.Compression;

namespace Pipeline.Collector.Receive.Otlp;

/// <summary>gzip for gRPC with a cap on what it inflates to; the framework's own checks only the compressed length.</summary>
internal sealed class CappedGzipProvider(int limitBytes) : ICompressionProvider
{
    public string EncodingName => "gzip";

    public Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) => new GZipStream(stream, compressionLevel ?? CompressionLevel.Fastest, leaveOpen: true);

    public Stream CreateDecompressionStream(Stream stream) => new CappedStream(new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true), limitBytes);

    private sealed class CappedStream(Stream inner, int limitBytes) : Stream
    {
        private long _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _read; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Count(Guard(() => inner.Read(buffer, offset, count)));

        public override int Read(Span<byte> buffer)
        {
            try
            {
                return Count(inner.Read(buffer));
            }
            catch (InvalidDataException exception)
            {
                throw NotGzip(exception);
            }
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }

        private static int Guard(Func<int> read)
        {
            try
            {
                return read();
            }
            catch (InvalidDataException exception)
            {
                throw NotGzip(exception);
            }
        }

        private static RpcException NotGzip(InvalidDataException exception) => new(new Status(StatusCode.InvalidArgument, "The message is not valid gzip: " + exception.Message));

        private int Count(int read)
        {
            _read += read;
            return _read <= limitBytes
                ? read
                : throw new RpcException(new Status(StatusCode.ResourceExhausted, $"The message inflates to more than {limitBytes} bytes (Collector:MaxDecompressedBytes)."));
        }
    }
}
