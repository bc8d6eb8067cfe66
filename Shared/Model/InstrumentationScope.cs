namespace Pipeline.Shared.Model;

/// <summary>The library or module that recorded a span.</summary>
public sealed record InstrumentationScope
{
    /// <summary>A scope that says nothing.</summary>
    public static InstrumentationScope Empty { get; } = new();

    /// <summary>Its name; may be empty.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its version; may be empty.</summary>
    public string Version { get; init; } = "";

    /// <summary>Further facts.</summary>
    public AttributeList Attributes { get; init; } = AttributeList.Empty;

    /// <summary>How many attributes the sender left out.</summary>
    public uint DroppedAttributesCount { get; init; }

    /// <summary>The schema that the scope, its spans and their events follow; may be empty.</summary>
    public string SchemaUrl { get; init; } = "";
}
