using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>Resources and scopes by the ids that spans name them with.</summary>
internal sealed class DefinitionSet
{
    public Dictionary<string, Resource> Resources { get; } = [];

    public Dictionary<string, InstrumentationScope> Scopes { get; } = [];
}
