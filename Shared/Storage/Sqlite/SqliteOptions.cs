namespace Pipeline.Shared.Storage.Sqlite;

/// <summary>The embedded store. Section <c>Sqlite</c>.</summary>
public sealed class SqliteOptions
{
    /// <summary>The database file; it and its folder are created when they are missing. Default <c>traces.db</c> in the working folder.</summary>
    public string Path { get; set; } = "traces.db";

    /// <summary>How long pieces of traces are kept after they were stored, 1 min to 3,650 days. Default 3 days.</summary>
    public TimeSpan RetentionAge { get; set; } = TimeSpan.FromDays(3);

    /// <summary>
    /// How many bytes of the file may be in use, from 16 MiB; the oldest pieces go first. The file itself does not shrink: freed pages are used again.
    /// 0 for no limit. Default 10 GiB.
    /// </summary>
    public long RetentionBytes { get; set; } = 10L << 30;

    /// <summary>How many pieces one transaction deletes, 1 to 100,000: writers wait for no longer than that takes. Default 500.</summary>
    public int DeleteBatchCount { get; set; } = 500;

    /// <summary>
    /// False: a commit survives a crash of the process, but the last ones before a power failure may be gone (SQLite's synchronous=NORMAL; the file stays sound).
    /// True: every commit is on the disk first, at the cost of one flush per batch. Default false.
    /// </summary>
    public bool SurvivePowerLoss { get; set; }

    /// <summary>How long to wait for a lock held by another process before the store counts as away, 1 s to 5 min. Default 5 s.</summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
