using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Pipeline.Shared.Hosting;

namespace Pipeline.Shared.Storage.Sqlite;

/// <summary>Makes the embedded store the store of this process.</summary>
public static class SqliteStoreRegistration
{
    /// <summary>Registers the store with its options, section <c>Sqlite</c>.</summary>
    public static IServiceCollection AddSqliteStore(this IServiceCollection services)
    {
        services.AddPipelineOptions<SqliteOptions, SqliteOptionsValidator>("Sqlite");
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ITraceWriter, SqliteTraceWriter>();
        services.TryAddSingleton<ITraceReader, SqliteTraceReader>();
        return services;
    }
}
