using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Pipeline.Shared.Hosting;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>Makes Elasticsearch or OpenSearch the store of this process.</summary>
public static class ElasticsearchStoreRegistration
{
    /// <summary>Registers the store with its options, section <c>Elasticsearch</c>.</summary>
    public static IServiceCollection AddElasticsearchStore(this IServiceCollection services)
    {
        services.AddPipelineOptions<ElasticsearchOptions, ElasticsearchOptionsValidator>("Elasticsearch");
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ElasticsearchClient>();
        services.TryAddSingleton<ITraceWriter, ElasticsearchTraceWriter>();
        services.TryAddSingleton<ITraceReader, ElasticsearchTraceReader>();
        return services;
    }
}
