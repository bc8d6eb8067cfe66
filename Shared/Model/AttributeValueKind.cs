namespace Pipeline.Shared.Model;

/// <summary>The type of an attribute's value. The order is that of the branches of the Avro union, and must not change.</summary>
public enum AttributeValueKind
{
    /// <summary>A value that was sent without content (an OTLP AnyValue with nothing set).</summary>
    Empty = 0,

    /// <summary>Text.</summary>
    String = 1,

    /// <summary>True or false.</summary>
    Boolean = 2,

    /// <summary>A signed 64-bit number.</summary>
    Long = 3,

    /// <summary>A 64-bit floating point number; NaN and the infinities are allowed.</summary>
    Double = 4,

    /// <summary>Raw bytes.</summary>
    Bytes = 5,

    /// <summary>A list of values, of mixed types if need be.</summary>
    Array = 6,

    /// <summary>Named values.</summary>
    Map = 7,
}
