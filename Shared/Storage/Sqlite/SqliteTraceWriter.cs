using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage.Sqlite;

/// <summary>
/// Writes to the embedded store: one connection, one transaction a batch. A commit is in the operating system's hands before <see cref="WriteAsync"/> returns, so
/// it survives a crash of this process; what a power failure may take is said at <see cref="SqliteOptions.SurvivePowerLoss"/>.
/// </summary>
public sealed class SqliteTraceWriter(IOptions<SqliteOptions> options, TimeProvider time) : ITraceWriter, IDisposable
{
    private readonly SqliteDatabase _database = new(options.Value);
    private readonly SemaphoreSlim _gate = new(1);
    private readonly PieceEncoder _encoder = new();
    private readonly PieceIndex _index = new();
    private SqliteConnection? _connection;
    private SqliteWriteStatements? _statements;
    private long _lastPieceId;

    /// <inheritdoc/>
    public Task PrepareAsync(CancellationToken cancellation) => RunAsync(() => _statements, cancellation);

    /// <inheritdoc/>
    public Task<WriteReport> WriteAsync(IReadOnlyList<KeptTrace> traces, CancellationToken cancellation) => RunAsync(() => Write(traces, cancellation), cancellation);

    /// <inheritdoc/>
    public Task WriteDependenciesAsync(DateTimeOffset hour, int edgePartition, IReadOnlyList<Dependency> dependencies, CancellationToken cancellation) => RunAsync(() =>
    {
        _statements!.InTransaction(() => _statements.ReplaceDependencies(HourOf(hour), edgePartition, dependencies));
        return true;
    }, cancellation);

    /// <inheritdoc/>
    public async Task DeleteExpiredAsync(CancellationToken cancellation)
    {
        // Writers get their turn between two chunks.
        while (await RunAsync(DeleteChunk, cancellation) > 0)
            cancellation.ThrowIfCancellationRequested();
        await RunAsync(DeleteLeftovers, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        _encoder.Dispose();
        _gate.Dispose();
    }

    private static long HourOf(DateTimeOffset hour) => hour.ToUnixTimeMilliseconds() / 3_600_000 * 3_600_000;

    // SQLite's calls block, so they run beside the caller; the gate keeps them one at a time.
    private async Task<T> RunAsync<T>(Func<T> action, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            return await Task.Run(() => _database.Guard(() => RunOpen(action)), cancellation);
        }
        finally
        {
            _gate.Release();
        }
    }

    private T RunOpen<T>(Func<T> action)
    {
        Open();
        try
        {
            return action();
        }
        catch (SqliteException)
        {
            // Opened afresh next time: after an I/O error a connection may not recover by itself.
            Close();
            throw;
        }
    }

    private void Open()
    {
        if (_connection is not null)
            return;
        _connection = _database.OpenWriter();
        _statements = new SqliteWriteStatements(_connection);
        _lastPieceId = SqliteDatabase.Scalar(_connection, "SELECT ifnull(max(id), 0) FROM piece");
    }

    private void Close()
    {
        _statements?.Dispose();
        _connection?.Dispose();
        (_statements, _connection) = (null, null);
    }

    private WriteReport Write(IReadOnlyList<KeptTrace> traces, CancellationToken cancellation)
    {
        var (stored, repeated, lastPieceId) = (0, 0, _lastPieceId);
        _statements!.InTransaction(() =>
        {
            foreach (var trace in traces)
            {
                cancellation.ThrowIfCancellationRequested();
                var added = WritePiece(_statements, trace, lastPieceId + 1);
                lastPieceId += added > 0 ? 1 : 0;
                stored += added;
                repeated += trace.Spans.Count - added;
            }
        });
        _lastPieceId = lastPieceId;
        return new WriteReport(stored, repeated, []);
    }

    private int WritePiece(SqliteWriteStatements statements, KeptTrace trace, long pieceId)
    {
        _encoder.Clear();
        _index.Clear();
        Span<byte> traceId = stackalloc byte[TraceId.LengthBytes];
        trace.TraceId.Write(traceId);
        foreach (var span in trace.Spans)
        {
            if (!statements.AddSpan(traceId, span.SpanId, _encoder.Encode(span), pieceId))
                continue;
            _encoder.Keep();
            _index.Add(span);
        }

        if (_encoder.SpanCount > 0)
        {
            statements.AddPiece(pieceId, traceId, time.GetUtcNow().ToUnixTimeMilliseconds(), trace, _encoder.Finish());
            statements.AddIndex(pieceId, _index);
        }

        return _encoder.SpanCount;
    }

    private int DeleteChunk()
    {
        var retention = new SqliteRetention(_connection!, options.Value, time.GetUtcNow());
        var count = 0;
        _statements!.InTransaction(() => count = retention.DeleteChunk());
        return count;
    }

    private bool DeleteLeftovers()
    {
        var retention = new SqliteRetention(_connection!, options.Value, time.GetUtcNow());
        _statements!.InTransaction(retention.DeleteLeftovers);
        _statements.Keys.Forget();
        return true;
    }
}
