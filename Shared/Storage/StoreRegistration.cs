using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Pipeline.Shared.Hosting;
using Pipeline.Shared.Storage.Elasticsearch;
using Pipeline.Shared.Storage.Sqlite;

namespace Pipeline.Shared.Storage;

/// <summary>Gives a process the store that its configuration names.</summary>
public static class StoreRegistration
{
    /// <summary>Registers <see cref="ITraceWriter"/> and <see cref="ITraceReader"/>; sections <c>Store</c>, <c>Sqlite</c> and <c>Elasticsearch</c>.</summary>
    public static IServiceCollection AddTraceStore(this IServiceCollection services)
    {
        services.AddPipelineOptions<StoreOptions, StoreOptionsValidator>("Store");
        services.AddPipelineOptions<SqliteOptions, SqliteOptionsValidator>("Sqlite");
        services.AddPipelineOptions<ElasticsearchOptions, ElasticsearchOptionsValidator>("Elasticsearch");
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ElasticsearchClient>();
        services.TryAddSingleton<ITraceWriter>(provider => KindOf(provider) switch
        {
            StoreKind.Elasticsearch => ActivatorUtilities.CreateInstance<ElasticsearchTraceWriter>(provider),
            _ => ActivatorUtilities.CreateInstance<SqliteTraceWriter>(provider),
        });
        services.TryAddSingleton<ITraceReader>(provider => KindOf(provider) switch
        {
            StoreKind.Elasticsearch => ActivatorUtilities.CreateInstance<ElasticsearchTraceReader>(provider),
            _ => ActivatorUtilities.CreateInstance<SqliteTraceReader>(provider),
        });
        return services;
    }

    private static StoreKind KindOf(IServiceProvider provider) => provider.GetRequiredService<IOptions<StoreOptions>>().Value.Kind;
}
