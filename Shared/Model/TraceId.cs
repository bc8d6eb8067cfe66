using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;

namespace Pipeline.Shared.Model;

/// <summary>
/// A trace's 16-byte id, big-endian on the wire (W3C Trace Context, section 3.2.2.3). All zero is not a valid id.
/// </summary>
/// <param name="High">The first eight bytes.</param>
/// <param name="Low">The last eight bytes; the randomness of sampling is taken from these.</param>
public readonly record struct TraceId(ulong High, ulong Low) : IComparable<TraceId>
{
    /// <summary>Length on the wire, in bytes.</summary>
    public const int LengthBytes = 16;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>True for the all-zero id, which names no trace.</summary>
    public bool IsEmpty => (High | Low) == 0;

    /// <summary>Reads 16 bytes. Throws <see cref="ArgumentOutOfRangeException"/> when there are fewer.</summary>
    public static TraceId Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    /// <summary>Writes 16 bytes.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Low);
    }

    /// <summary>The 16 bytes as a new array, as a record's key holds them.</summary>
    public byte[] ToByteArray()
    {
        var bytes = new byte[LengthBytes];
        Write(bytes);
        return bytes;
    }

    /// <summary>
    /// Reads 1 to 32 hex digits of either case; fewer than 32 are padded with zeros on the left, as Jaeger prints ids whose upper half is zero.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> hex, out TraceId id)
    {
        id = default;
        if (hex.Length is 0 or > 32 || !IsHex(hex))
            return false;
        var split = Math.Max(0, hex.Length - 16);
        ulong high = 0;
        if (split > 0 && !ulong.TryParse(hex[..split], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out high))
            return false;
        if (!ulong.TryParse(hex[split..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var low))
            return false;
        id = new TraceId(high, low);
        return true;
    }

    /// <summary>32 lower-case hex digits.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{High:x16}{Low:x16}");

    /// <inheritdoc/>
    public int CompareTo(TraceId other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    internal static bool IsHex(ReadOnlySpan<char> text) => text.IndexOfAnyExcept(HexDigits) < 0;
}
