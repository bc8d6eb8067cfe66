using System.Buffers;
using System.IO.Compression;

namespace Pipeline.Collector.Receive;

/// <summary>
/// Reads a request body into one pooled block, within its limits and counted against what may be in flight. Dispose gives both back.
/// </summary>
internal sealed class BodyReader(InFlightBytes inFlight, CollectorOptions options) : IDisposable
{
    private const int FirstBytes = 16 * 1024;

    private byte[] _buffer = [];
    private int _length;
    private long _taken;

    /// <summary>What was read.</summary>
    public ReadOnlyMemory<byte> Body => _buffer.AsMemory(0, _length);

    /// <summary>
    /// Reads a body to its end; false when too much is in flight already. Throws <see cref="RequestTooLargeException"/> beyond the limit, before anything is read where the
    /// length is declared.
    /// </summary>
    public async Task<bool> TryReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (request.ContentLength > options.MaxRequestBytes)
            throw TooLarge();
        // One byte more than declared, so that the end shows without growing.
        if (!TryGrow((int?)request.ContentLength + 1 ?? FirstBytes))
            return false;
        while (true)
        {
            var count = await request.Body.ReadAsync(_buffer.AsMemory(_length), cancellation);
            if (count == 0)
                return true;
            _length += count;
            if (_length > options.MaxRequestBytes)
                throw TooLarge();
            if (_length == _buffer.Length && !TryGrow(2 * _length))
                return false;
        }
    }

    /// <summary>
    /// Replaces a gzip body by what it inflates to. Throws <see cref="RequestTooLargeException"/> beyond the limit, <see cref="MalformedRequestException"/> where it is not
    /// gzip, or cut off. Never waits: the memory for it is bounded by the number of threads.
    /// </summary>
    public void Inflate()
    {
        var compressed = _buffer;
        var inflated = ArrayPool<byte>.Shared.Rent((int)Math.Min(4L * _length + FirstBytes, options.MaxDecompressedBytes + 1L));
        var length = 0;
        try
        {
            using var gzip = new GZipStream(new MemoryStream(compressed, 0, _length, writable: false), CompressionMode.Decompress);
            for (int count; (count = gzip.Read(inflated.AsSpan(length))) > 0;)
            {
                length += count;
                if (length > options.MaxDecompressedBytes)
                    throw new RequestTooLargeException($"The body inflates to more than {options.MaxDecompressedBytes} bytes (Collector:MaxDecompressedBytes).");
                if (length == inflated.Length)
                    inflated = Grown(inflated, length, 2L * length);
            }

            GzipTrailer.Check(compressed.AsSpan(0, _length), inflated.AsSpan(0, length));
        }
        catch (InvalidDataException exception)
        {
            throw new MalformedRequestException("The body is not valid gzip: " + exception.Message);
        }
        finally
        {
            // Either way the compressed bytes have done their work.
            (_buffer, _length) = (inflated, length);
            Return(compressed);
        }
    }

    public void Dispose()
    {
        Return(_buffer);
        _buffer = [];
        inFlight.GiveBack(_taken);
        _taken = 0;
    }

    private static byte[] Grown(byte[] buffer, int used, long size)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(size, Array.MaxLength));
        buffer.AsSpan(0, used).CopyTo(larger);
        Return(buffer);
        return larger;
    }

    private static void Return(byte[] buffer)
    {
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
    }

    private bool TryGrow(int size)
    {
        var more = size - _taken;
        if (!inFlight.TryTake(more))
            return false;
        _taken += more;
        _buffer = Grown(_buffer, _length, size);
        return true;
    }

    private RequestTooLargeException TooLarge() => new($"The body has more than {options.MaxRequestBytes} bytes (Collector:MaxRequestBytes).");
}
