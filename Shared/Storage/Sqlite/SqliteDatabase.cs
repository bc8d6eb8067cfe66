using System.Globalization;
using Microsoft.Data.Sqlite;
using Pipeline.Shared.Encoding;

namespace Pipeline.Shared.Storage.Sqlite;

/// <summary>Opens connections to the database file and turns SQLite's errors into <see cref="StoreUnavailableException"/>.</summary>
internal sealed class SqliteDatabase(SqliteOptions options)
{
    public const int SchemaVersion = 1;

    public string Path { get; } = System.IO.Path.GetFullPath(options.Path);

    /// <summary>The one connection that writes. Creates the file, and the tables where there are none.</summary>
    public SqliteConnection OpenWriter() => Guard(() =>
    {
        if (System.IO.Path.GetDirectoryName(Path) is { Length: > 0 } folder)
            CreateFolder(folder);
        var connection = Open(SqliteOpenMode.ReadWriteCreate, isPooled: false);
        try
        {
            // A checkpoint every 64 MB of log rather than every 8: pages that change often are written back less often (measured: an eighth more spans a second).
            var synchronous = options.SurvivePowerLoss ? "FULL" : "NORMAL";
            Execute(connection, "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=8000; PRAGMA cache_size=-65536");
            Execute(connection, "PRAGMA synchronous=" + synchronous);
            CreateSchema(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    });

    /// <summary>A pooled connection for reading. It may write to the log's index, which a reader of a WAL database must, but to nothing else.</summary>
    public SqliteConnection OpenReader()
    {
        var connection = Open(SqliteOpenMode.ReadWrite, isPooled: true);
        Execute(connection, "PRAGMA query_only=1");
        return connection;
    }

    /// <summary>Runs an action, its errors translated.</summary>
    public T Guard<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (SqliteException e)
        {
            throw SqliteFailure.Translate(e, Path);
        }
        catch (EncodingException e)
        {
            throw SqliteFailure.Translate(e, Path);
        }
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private SqliteConnection Open(SqliteOpenMode mode, bool isPooled)
    {
        var seconds = Math.Max(1, (int)options.BusyTimeout.TotalSeconds);
        var text = new SqliteConnectionStringBuilder { DataSource = Path, Mode = mode, Pooling = isPooled, DefaultTimeout = seconds };
        var connection = new SqliteConnection(text.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void CreateFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreUnavailableException($"The store {Path}: its folder cannot be made ({e.Message}). Check Sqlite:Path.", e);
        }
    }

    private void CreateSchema(SqliteConnection connection)
    {
        var version = Scalar(connection, "PRAGMA user_version");
        if (version > SchemaVersion)
            throw new StoreUnavailableException(
                $"The store {Path} was made by a newer version of this program (schema {version}, known is {SchemaVersion}). Use that version, or another file.");
        if (version == SchemaVersion)
            return;
        using var resource = typeof(SqliteDatabase).Assembly.GetManifestResourceStream("schema.sql")!;
        using var text = new StreamReader(resource);
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = text.ReadToEnd();
        command.ExecuteNonQuery();
        transaction.Commit();
    }
}
