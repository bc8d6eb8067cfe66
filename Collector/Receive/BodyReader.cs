using System.Buffers;
using System.IO.Compression;

namespace Pipeline.Collector.Receive;

/// <summary>Reads and inflates request bodies into one pooled block, within limits.</summary>
internal static class BodyReader
{
    /// <summary>
    /// Reads a stream to its end. Throws <see cref="RequestTooLargeException"/> beyond <paramref name="limitBytes"/>. The caller returns the array to the shared pool.
    /// </summary>
    public static async Task<ArraySegment<byte>> ReadAsync(Stream stream, int limitBytes, string limitName, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(64 * 1024, limitBytes + 1));
        var length = 0;
        try
        {
            while (true)
            {
                var count = await stream.ReadAsync(buffer.AsMemory(length), cancellation);
                if (count == 0)
                    return new ArraySegment<byte>(buffer, 0, length);
                length += count;
                if (length > limitBytes)
                    throw new RequestTooLargeException($"the body has more than {limitBytes} bytes ({limitName})");
                if (length == buffer.Length)
                    buffer = Grow(buffer, length);
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    /// <summary>Inflates a gzip body; as above, and <see cref="MalformedRequestException"/> where it is not gzip.</summary>
    public static async Task<ArraySegment<byte>> InflateAsync(ArraySegment<byte> body, int limitBytes, string limitName, CancellationToken cancellation)
    {
        try
        {
            await using var gzip = new GZipStream(new MemoryStream(body.Array!, body.Offset, body.Count, writable: false), CompressionMode.Decompress);
            return await ReadAsync(gzip, limitBytes, limitName, cancellation);
        }
        catch (InvalidDataException exception)
        {
            throw new MalformedRequestException("The body is not valid gzip: " + exception.Message);
        }
    }

    private static byte[] Grow(byte[] buffer, int used)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
