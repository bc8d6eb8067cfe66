using Microsoft.Data.Sqlite;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage.Sqlite;

/// <summary>What the writer says to the database, each prepared once.</summary>
internal sealed class SqliteWriteStatements(SqliteConnection connection) : IDisposable
{
    private readonly SqliteStatement _begin = new(connection, "BEGIN IMMEDIATE", 0);
    private readonly SqliteStatement _commit = new(connection, "COMMIT", 0);
    private readonly SqliteStatement _rollback = new(connection, "ROLLBACK", 0);
    private readonly SqliteInsert _addSpan = new(connection, "INSERT INTO span_key (trace_id, span_id, hash, piece_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING");
    private readonly SqliteInsert _addPiece = new(connection,
        "INSERT INTO piece (id, trace_id, stored_at, is_late, rule, reason, threshold, tenant, spans) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
    private readonly SqliteInsert _addSearch = new(connection,
        "INSERT INTO piece_search (key_id, start_max, piece_id, start_min, duration_min, duration_max) VALUES ($1, $2, $3, $4, $5, $6)");
    private readonly SqliteInsert _addTags = new(connection, "INSERT INTO piece_tag (rowid, pairs) VALUES ($1, $2)");
    private readonly SqliteStatement _clearHour = new(connection, "DELETE FROM dependency WHERE hour = $1 AND edge_partition = $2", 2);
    private readonly SqliteStatement _addDependency = new(connection,
        "INSERT INTO dependency (hour, edge_partition, parent, child, call_count) VALUES ($1, $2, $3, $4, $5) "
        + "ON CONFLICT DO UPDATE SET call_count = call_count + excluded.call_count", 5);

    public SearchKeys Keys { get; } = new(connection);

    /// <summary>Runs an action in one transaction; an error undoes it all.</summary>
    public void InTransaction(Action action)
    {
        _begin.Execute();
        try
        {
            action();
            _commit.Execute();
        }
        catch
        {
            Keys.Forget();
            TryRollBack();
            throw;
        }
    }

    /// <summary>False when the span is stored already.</summary>
    public bool AddSpan(ReadOnlySpan<byte> traceId, SpanId spanId, ulong hash, long pieceId) =>
        _addSpan.Bind(traceId).Bind(unchecked((long)spanId.Value)).Bind(unchecked((long)hash)).Bind(pieceId).Run() == 1;

    public void AddPiece(long id, ReadOnlySpan<byte> traceId, long storedAtMs, KeptTrace trace, ReadOnlySpan<byte> spans) =>
        _addPiece.Bind(id).Bind(traceId).Bind(storedAtMs).Bind(trace.IsLate ? 1 : 0).Bind(trace.Rule).Bind(trace.Reason).Bind((long?)trace.Threshold).Bind(trace.Tenant)
            .Bind(spans).Run();

    public void AddIndex(long pieceId, PieceIndex index)
    {
        AddSearch(SearchKeys.All, pieceId, index.All);
        foreach (var (key, bounds) in index.ByKey)
            AddSearch(Keys.IdOf(key, bounds.Kinds), pieceId, bounds);
        if (index.Pairs.Count > 0)
            _addTags.Bind(pieceId).Bind(TagToken.Join(index.Pairs)).Run();
    }

    public void ReplaceDependencies(long hourMs, int edgePartition, IReadOnlyList<Dependency> dependencies)
    {
        _clearHour.Execute(hourMs, edgePartition);
        foreach (var dependency in dependencies)
            _addDependency.Execute(hourMs, edgePartition, dependency.Parent, dependency.Child, dependency.CallCount);
    }

    public void Dispose()
    {
        foreach (var statement in new IDisposable[] { _begin, _commit, _rollback, _addSpan, _addPiece, _addSearch, _addTags, _clearHour, _addDependency })
            statement.Dispose();
        Keys.Dispose();
    }

    private void AddSearch(long keyId, long pieceId, PieceBounds bounds) =>
        _addSearch.Bind(keyId).Bind(bounds.StartMax).Bind(pieceId).Bind(bounds.StartMin).Bind(bounds.DurationMin).Bind(bounds.DurationMax).Run();

    // A full disk or an I/O error has SQLite roll back by itself; asking again is then an error that says nothing.
    private void TryRollBack()
    {
        try
        {
            _rollback.Execute();
        }
        catch (SqliteException)
        {
            return;
        }
    }
}
