namespace Pipeline.Shared.Model;

/// <summary>Names an entity that a resource stands for, by keys of the resource's attributes (resource.proto, EntityRef; in development there).</summary>
public sealed record EntityReference
{
    /// <summary>Where the entity's attributes are described; may be empty.</summary>
    public string SchemaUrl { get; init; } = "";

    /// <summary>The entity's type, such as <c>service</c> or <c>host</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Keys of the attributes that identify it.</summary>
    public IReadOnlyList<string> IdKeys { get; init; } = [];

    /// <summary>Keys of the attributes that describe it.</summary>
    public IReadOnlyList<string> DescriptionKeys { get; init; } = [];

    /// <inheritdoc/>
    public bool Equals(EntityReference? other) => other is not null && SchemaUrl == other.SchemaUrl && Type == other.Type
        && IdKeys.SequenceEqual(other.IdKeys) && DescriptionKeys.SequenceEqual(other.DescriptionKeys);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(SchemaUrl, Type, IdKeys.Count, DescriptionKeys.Count);
}
