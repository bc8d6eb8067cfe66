namespace Pipeline.Shared.Model;

/// <summary>What produced the spans: a process of a service on a host.</summary>
public sealed record Resource
{
    /// <summary>The name under which spans without a <c>service.name</c> appear, as Jaeger has it.</summary>
    public const string NoServiceName = "OTLPResourceNoServiceName";

    /// <summary>A resource that says nothing.</summary>
    public static Resource Empty { get; } = new();

    /// <summary>Its attributes, <c>service.name</c> among them.</summary>
    public AttributeList Attributes { get; init; } = AttributeList.Empty;

    /// <summary>How many attributes the sender left out.</summary>
    public uint DroppedAttributesCount { get; init; }

    /// <summary>The schema that the resource's attributes follow; may be empty.</summary>
    public string SchemaUrl { get; init; } = "";

    /// <summary>The entities that the resource stands for.</summary>
    public IReadOnlyList<EntityReference> EntityReferences { get; init; } = [];

    /// <summary>The service's name, or <see cref="NoServiceName"/>.</summary>
    public string ServiceName => Attributes.Text("service.name") is { Length: > 0 } name ? name : NoServiceName;

    /// <inheritdoc/>
    public bool Equals(Resource? other) => other is not null && Attributes.Equals(other.Attributes) && DroppedAttributesCount == other.DroppedAttributesCount
        && SchemaUrl == other.SchemaUrl && EntityReferences.SequenceEqual(other.EntityReferences);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Attributes, DroppedAttributesCount, SchemaUrl, EntityReferences.Count);
}
