using System.Buffers.Binary;
using System.Globalization;

namespace Pipeline.Shared.Model;

/// <summary>A span's 8-byte id, big-endian on the wire (W3C Trace Context, section 3.2.2.4). Zero stands for "no span".</summary>
/// <param name="Value">The eight bytes as one number.</param>
public readonly record struct SpanId(ulong Value) : IComparable<SpanId>
{
    /// <summary>Length on the wire, in bytes.</summary>
    public const int LengthBytes = 8;

    /// <summary>True for the all-zero id, which names no span.</summary>
    public bool IsEmpty => Value == 0;

    /// <summary>Reads 8 bytes. Throws <see cref="ArgumentOutOfRangeException"/> when there are fewer.</summary>
    public static SpanId Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt64BigEndian(bytes));

    /// <summary>Writes 8 bytes.</summary>
    public void Write(Span<byte> destination) => BinaryPrimitives.WriteUInt64BigEndian(destination, Value);

    /// <summary>Reads 1 to 16 hex digits of either case.</summary>
    public static bool TryParse(ReadOnlySpan<char> hex, out SpanId id)
    {
        id = default;
        if (hex.Length is 0 or > 16 || !TraceId.IsHex(hex)
            || !ulong.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            return false;
        id = new SpanId(value);
        return true;
    }

    /// <summary>16 lower-case hex digits.</summary>
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public int CompareTo(SpanId other) => Value.CompareTo(other.Value);
}
