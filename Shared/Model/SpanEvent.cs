namespace Pipeline.Shared.Model;

/// <summary>Something that happened during a span, at one moment.</summary>
public sealed record SpanEvent
{
    /// <summary>When, in nanoseconds since the Unix epoch.</summary>
    public required ulong TimeUnixNano { get; init; }

    /// <summary>What happened, such as <c>exception</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Further facts.</summary>
    public AttributeList Attributes { get; init; } = AttributeList.Empty;

    /// <summary>How many attributes the sender left out.</summary>
    public uint DroppedAttributesCount { get; init; }
}
