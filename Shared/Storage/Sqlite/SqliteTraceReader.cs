using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage.Sqlite;

/// <summary>Reads the embedded store, each call on a connection of its own.</summary>
public sealed class SqliteTraceReader(IOptions<SqliteOptions> options) : ITraceReader
{
    private readonly SqliteDatabase _database = new(options.Value);

    /// <inheritdoc/>
    public Task<Trace?> GetTraceAsync(TraceId traceId, DateTimeOffset? startMin, DateTimeOffset? startMax, CancellationToken cancellation) =>
        RunAsync(connection => PieceQueries.ReadTrace(connection, traceId)?.ToTrace(), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Trace>> FindTracesAsync(TraceQuery query, CancellationToken cancellation) =>
        RunAsync<IReadOnlyList<Trace>>(connection => [.. Find(connection, query, cancellation).Select(t => t.ToTrace())], cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<TraceSummary>> FindSummariesAsync(TraceQuery query, CancellationToken cancellation) =>
        RunAsync<IReadOnlyList<TraceSummary>>(connection => [.. Find(connection, query, cancellation).Select(t => t.ToSummary())], cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> GetServicesAsync(CancellationToken cancellation) => RunAsync<IReadOnlyList<string>>(connection =>
    {
        using var statement = new SqliteStatement(connection, "SELECT DISTINCT service FROM search_key ORDER BY service", 0);
        using var rows = statement.Query();
        var services = new List<string>();
        while (rows.Read())
            services.Add(rows.GetString(0));
        services.Sort(StringComparer.Ordinal);
        return services;
    }, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Operation>> GetOperationsAsync(string service, SpanKind? kind, CancellationToken cancellation) => RunAsync<IReadOnlyList<Operation>>(connection =>
    {
        using var statement = new SqliteStatement(connection, "SELECT operation, kinds FROM search_key WHERE service = $1 AND operation IS NOT NULL", 1);
        using var rows = statement.Query(service);
        var operations = new List<Operation>();
        while (rows.Read())
            foreach (var each in Enum.GetValues<SpanKind>())
                if ((rows.GetInt32(1) & (1 << (int)each)) != 0 && (kind is null || kind == each))
                    operations.Add(new Operation(rows.GetString(0), each));
        operations.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name) is var order and not 0 ? order : a.Kind.CompareTo(b.Kind));
        return operations;
    }, cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Dependency>> GetDependenciesAsync(DateTimeOffset start, DateTimeOffset end, CancellationToken cancellation) => RunAsync<IReadOnlyList<Dependency>>(connection =>
    {
        using var statement = new SqliteStatement(connection,
            "SELECT parent, child, sum(call_count) FROM dependency WHERE hour BETWEEN $1 AND $2 GROUP BY parent, child ORDER BY parent, child", 2);
        using var rows = statement.Query(start.ToUnixTimeMilliseconds(), end.ToUnixTimeMilliseconds());
        var dependencies = new List<Dependency>();
        while (rows.Read())
            dependencies.Add(new Dependency(rows.GetString(0), rows.GetString(1), rows.GetInt64(2)));
        return dependencies;
    }, cancellation);

    private static List<StoredTrace> Find(SqliteConnection connection, TraceQuery query, CancellationToken cancellation)
    {
        var found = new List<StoredTrace>();
        foreach (var traceId in new SqliteSearch(connection, query).Find(cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            if (PieceQueries.ReadTrace(connection, traceId) is { } trace)
                found.Add(trace);
        }

        return found;
    }

    // One read transaction: a writer that comes in between does not show half of its batch.
    private Task<T> RunAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancellation) => Task.Run(() => _database.Guard(() =>
    {
        using var connection = _database.OpenReader();
        using var transaction = connection.BeginTransaction(deferred: true);
        return read(connection);
    }), cancellation);
}
