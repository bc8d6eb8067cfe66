using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Pipeline.Shared.Storage.Sqlite;

/// <summary>
/// A statement of the hot path, on SQLite's own interface: values are bound without boxing or copies on the heap. To be used inside a transaction, where no
/// other process can be in the way. Bind all parameters, then <see cref="Run"/>.
/// </summary>
internal sealed class SqliteInsert : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private int _place;

    public SqliteInsert(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    /// <summary>Binds the next parameter; so do the other methods of this name.</summary>
    public SqliteInsert Bind(long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, ++_place, value));
        return this;
    }

    /// <summary>A number or null.</summary>
    public SqliteInsert Bind(long? value)
    {
        if (value is { } number)
            return Bind(number);
        Check(raw.sqlite3_bind_null(_statement, ++_place));
        return this;
    }

    /// <summary>Text.</summary>
    public SqliteInsert Bind(string value)
    {
        Check(raw.sqlite3_bind_text(_statement, ++_place, value));
        return this;
    }

    /// <summary>Bytes.</summary>
    public SqliteInsert Bind(ReadOnlySpan<byte> value)
    {
        Check(raw.sqlite3_bind_blob(_statement, ++_place, value));
        return this;
    }

    /// <summary>Runs the statement; returns how many rows it changed. Throws <see cref="SqliteException"/>.</summary>
    public int Run()
    {
        _place = 0;
        var result = raw.sqlite3_step(_statement);
        var reset = raw.sqlite3_reset(_statement);
        Check(result == raw.SQLITE_DONE ? reset : result);
        return raw.sqlite3_changes(_database);
    }

    public void Dispose() => _statement.Dispose();

    private void Check(int result)
    {
        if (result == raw.SQLITE_OK)
            return;
        _place = 0;
        SqliteException.ThrowExceptionForRC(result, _database);
    }
}
