using Microsoft.Data.Sqlite;
using Pipeline.Shared.Encoding;

namespace Pipeline.Shared.Storage.Sqlite;

/// <summary>Says in the operator's words what SQLite's result codes mean (sqlite.org/rescode.html).</summary>
internal static class SqliteFailure
{
    private const int Error = 1, Busy = 5, Locked = 6, ReadOnly = 8, IoError = 10, Corrupt = 11, Full = 13, CannotOpen = 14, NotADatabase = 26;

    public static StoreUnavailableException Translate(SqliteException failure, string path) => new($"The store {path}: {Explain(failure)} ({failure.Message})", failure);

    public static StoreUnavailableException Translate(EncodingException failure, string path) => new($"The store {path}: {Damaged} ({failure.Message})", failure);

    private const string Damaged = "the file is damaged. Stop the process, move the file and its -wal and -shm files away, and start again: a new one is made; "
        + "'sqlite3 FILE .recover' saves what can be read";

    private static string Explain(SqliteException failure) => failure.SqliteErrorCode switch
    {
        Corrupt => Damaged,
        NotADatabase => "the file is not an SQLite database. Name another one in Sqlite:Path, or move it away",
        Full => "the disk is full. Make room, or lower Sqlite:RetentionBytes; writing goes on by itself",
        IoError => "the disk answered with an error. Look into the system's log; writing goes on by itself when it works again",
        CannotOpen => "the file cannot be opened. Check that Sqlite:Path names a file in a folder that this user may write to",
        ReadOnly => "the file may not be written to. Check the permissions of the file and of its folder",
        Busy or Locked => "another process holds the lock. Only one process may write; see Sqlite:BusyTimeout",
        Error when failure.Message.Contains("no such table", StringComparison.Ordinal) => "it is empty: nothing has prepared it yet",
        _ => "it failed",
    };
}
