using System.IO.Compression;
using Grpc.Net.Compression;

namespace Pipeline.Collector.Receive.Otlp;

/// <summary>gzip for gRPC with a cap on what it inflates to; the framework's own checks only the compressed length.</summary>
internal sealed class CappedGzipProvider(int limitBytes) : ICompressionProvider
{
    public string EncodingName => "gzip";

    public Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) => new GZipStream(stream, compressionLevel ?? CompressionLevel.Fastest, leaveOpen: true);

    public Stream CreateDecompressionStream(Stream stream) => new CappedGzipStream(stream, limitBytes);
}
