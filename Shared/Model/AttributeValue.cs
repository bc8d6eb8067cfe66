using System.Globalization;

namespace Pipeline.Shared.Model;

/// <summary>A typed attribute value, the union of what OTLP's AnyValue can hold (common.proto).</summary>
public readonly struct AttributeValue : IEquatable<AttributeValue>
{
    private readonly object? _reference;
    private readonly long _bits;

    private AttributeValue(AttributeValueKind kind, object? reference, long bits) => (Kind, _reference, _bits) = (kind, reference, bits);

    /// <summary>The value without content.</summary>
    public static AttributeValue Empty => default;

    /// <summary>Which of the types this value has.</summary>
    public AttributeValueKind Kind { get; }

    /// <summary>The text. Throws <see cref="InvalidCastException"/> for any other kind; so do the properties below.</summary>
    public string AsString => (string)Require(AttributeValueKind.String)!;

    /// <summary>The truth value.</summary>
    public bool AsBoolean => Require(AttributeValueKind.Boolean, _bits) != 0;

    /// <summary>The whole number.</summary>
    public long AsLong => Require(AttributeValueKind.Long, _bits);

    /// <summary>The floating point number.</summary>
    public double AsDouble => BitConverter.Int64BitsToDouble(Require(AttributeValueKind.Double, _bits));

    /// <summary>The bytes.</summary>
    public byte[] AsBytes => (byte[])Require(AttributeValueKind.Bytes)!;

    /// <summary>The values of a list.</summary>
    public IReadOnlyList<AttributeValue> AsArray => (IReadOnlyList<AttributeValue>)Require(AttributeValueKind.Array)!;

    /// <summary>The named values.</summary>
    public AttributeList AsMap => (AttributeList)Require(AttributeValueKind.Map)!;

    /// <summary>A text value.</summary>
    public static AttributeValue From(string value) => new(AttributeValueKind.String, value, 0);

    /// <summary>A truth value.</summary>
    public static AttributeValue From(bool value) => new(AttributeValueKind.Boolean, null, value ? 1 : 0);

    /// <summary>A whole number.</summary>
    public static AttributeValue From(long value) => new(AttributeValueKind.Long, null, value);

    /// <summary>A floating point number.</summary>
    public static AttributeValue From(double value) => new(AttributeValueKind.Double, null, BitConverter.DoubleToInt64Bits(value));

    /// <summary>Raw bytes; the array is kept, not copied.</summary>
    public static AttributeValue From(byte[] value) => new(AttributeValueKind.Bytes, value, 0);

    /// <summary>A list; it is kept, not copied.</summary>
    public static AttributeValue From(IReadOnlyList<AttributeValue> values) => new(AttributeValueKind.Array, values, 0);

    /// <summary>Named values; kept, not copied.</summary>
    public static AttributeValue From(AttributeList values) => new(AttributeValueKind.Map, values, 0);

    /// <inheritdoc/>
    public bool Equals(AttributeValue other) => Kind == other.Kind && _bits == other._bits && Kind switch
    {
        AttributeValueKind.String => AsString == other.AsString,
        AttributeValueKind.Bytes => AsBytes.AsSpan().SequenceEqual(other.AsBytes),
        AttributeValueKind.Array => AsArray.SequenceEqual(other.AsArray),
        AttributeValueKind.Map => AsMap.Equals(other.AsMap),
        _ => true,
    };

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is AttributeValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Kind == AttributeValueKind.String ? AsString.GetHashCode(StringComparison.Ordinal) : HashCode.Combine(Kind, _bits);

    /// <summary>Same type and same content; floating point numbers are compared by their bits, so that NaN equals itself.</summary>
    public static bool operator ==(AttributeValue left, AttributeValue right) => left.Equals(right);

    /// <summary>Differs in type or content.</summary>
    public static bool operator !=(AttributeValue left, AttributeValue right) => !left.Equals(right);

    /// <summary>The value as text: numbers invariant, <c>true</c>/<c>false</c>, bytes in base64, lists and maps in JSON-like form.</summary>
    public override string ToString() => Kind switch
    {
        AttributeValueKind.String => AsString,
        AttributeValueKind.Boolean => AsBoolean ? "true" : "false",
        AttributeValueKind.Long => AsLong.ToString(CultureInfo.InvariantCulture),
        AttributeValueKind.Double => AsDouble.ToString("R", CultureInfo.InvariantCulture),
        AttributeValueKind.Bytes => Convert.ToBase64String(AsBytes),
        AttributeValueKind.Array => "[" + string.Join(",", AsArray) + "]",
        AttributeValueKind.Map => "{" + string.Join(",", AsMap.Select(a => a.Key + ":" + a.Value)) + "}",
        _ => "",
    };

    private object? Require(AttributeValueKind kind) => Require(kind, _reference);

    private T Require<T>(AttributeValueKind kind, T content) =>
        Kind == kind ? content : throw new InvalidCastException($"The attribute value is {Kind}, not {kind}.");
}
