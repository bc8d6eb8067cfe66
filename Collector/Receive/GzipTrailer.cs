using System.Buffers.Binary;

namespace Pipeline.Collector.Receive;

/// <summary>
/// Checks the trailer of a gzip body (RFC 1952, 2.3.1: CRC32 and ISIZE): the framework's decompressor takes a body that was cut off for one that ends there, and half a request
/// may well parse.
/// </summary>
internal static class GzipTrailer
{
    public const int LengthBytes = 8;

    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(i => Enumerable.Range(0, 8).Aggregate((uint)i, (c, _) => (c >> 1) ^ ((c & 1) * 0xEDB88320)))];

    /// <summary>Throws <see cref="InvalidDataException"/> when the body does not end with the trailer of what it was inflated to, or of the last of several members.</summary>
    public static void Check(ReadOnlySpan<byte> compressed, ReadOnlySpan<byte> inflated)
    {
        if (compressed.Length < LengthBytes)
            throw CutOff();
        var size = ReadSize(compressed[^LengthBytes..]);
        if (size == (uint)inflated.Length)
            return;
        // Several members, one after another, are valid gzip, too.
        if (size > inflated.Length || Crc32(inflated[^(int)size..]) != BinaryPrimitives.ReadUInt32LittleEndian(compressed[^LengthBytes..]))
            throw CutOff();
    }

    /// <summary>The size that a trailer states, modulo 2³².</summary>
    public static uint ReadSize(ReadOnlySpan<byte> trailer) => BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]);

    public static InvalidDataException CutOff() => new("it does not end with the length of its contents, so it was cut off or has something behind it.");

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
            crc = (crc >> 8) ^ Table[(byte)(crc ^ b)];
        return ~crc;
    }
}
