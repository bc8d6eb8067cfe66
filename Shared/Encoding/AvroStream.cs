namespace Pipeline.Shared.Encoding;

/// <summary>Reads Avro's numbers and bytes from a stream whose length is not known. Throws <see cref="EncodingException"/> where it ends too early.</summary>
internal sealed class AvroStream(Stream stream)
{
    private const int MaxVarintBytes = 10;

    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    /// <summary>True when there is nothing more to read.</summary>
    public async ValueTask<bool> IsAtEndAsync(CancellationToken cancellation)
    {
        if (_start < _end)
            return false;
        (_start, _end) = (0, await stream.ReadAsync(_buffer, cancellation));
        return _end == 0;
    }

    /// <summary>A long.</summary>
    public async ValueTask<long> ReadLongAsync(CancellationToken cancellation)
    {
        var bytes = new byte[MaxVarintBytes];
        var count = 0;
        do
        {
            if (await IsAtEndAsync(cancellation))
                throw EndsEarly();
            bytes[count++] = _buffer[_start++];
        }
        while (bytes[count - 1] >= 0x80 && count < MaxVarintBytes);
        return new AvroReader(bytes.AsSpan(0, count)).ReadLong();
    }

    /// <summary>This many bytes. Memory grows with what has really come.</summary>
    public async ValueTask<byte[]> ReadBytesAsync(int count, CancellationToken cancellation)
    {
        using var content = new MemoryStream(Math.Min(count, _buffer.Length));
        while (content.Length < count)
        {
            if (await IsAtEndAsync(cancellation))
                throw EndsEarly();
            var part = (int)Math.Min(count - content.Length, _end - _start);
            content.Write(_buffer.AsSpan(_start, part));
            _start += part;
        }

        return content.ToArray();
    }

    private static EncodingException EndsEarly() => new("The container file is cut off.");
}
