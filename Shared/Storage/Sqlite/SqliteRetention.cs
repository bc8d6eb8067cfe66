using Microsoft.Data.Sqlite;

namespace Pipeline.Shared.Storage.Sqlite;

/// <summary>Deletes what is too old or too much, oldest first, a bounded number of pieces at a time. Runs inside the writer's transaction.</summary>
internal sealed class SqliteRetention(SqliteConnection connection, SqliteOptions options, DateTimeOffset now)
{
    private readonly long _cutoffMs = (now - options.RetentionAge).ToUnixTimeMilliseconds();

    /// <summary>Deletes the next pieces; returns how many, 0 when nothing is left to delete.</summary>
    public int DeleteChunk()
    {
        var doomed = FindOldest();
        using var spans = new SqliteStatement(connection, "DELETE FROM span_key WHERE trace_id = $1 AND piece_id = $2", 2);
        using var search = new SqliteStatement(connection, "DELETE FROM piece_search WHERE piece_id = $1", 1);
        using var tags = new SqliteStatement(connection, "DELETE FROM piece_tag WHERE rowid = $1", 1);
        using var piece = new SqliteStatement(connection, "DELETE FROM piece WHERE id = $1", 1);
        foreach (var (id, traceId) in doomed)
        {
            spans.Execute(traceId, id);
            search.Execute(id);
            tags.Execute(id);
            piece.Execute(id);
        }

        return doomed.Count;
    }

    /// <summary>Deletes what nothing refers to any more: operations without a piece, old hours of dependencies.</summary>
    public void DeleteLeftovers()
    {
        using var keys = new SqliteStatement(connection, "DELETE FROM search_key WHERE NOT EXISTS (SELECT 1 FROM piece_search WHERE key_id = search_key.id)", 0);
        keys.Execute();
        using var hours = new SqliteStatement(connection, "DELETE FROM dependency WHERE hour < $1", 1);
        hours.Execute(_cutoffMs);
    }

    private List<(long Id, byte[] TraceId)> FindOldest()
    {
        var isTooMuch = IsTooMuch();
        var doomed = new List<(long, byte[])>();
        using var oldest = new SqliteStatement(connection, "SELECT id, trace_id, stored_at FROM piece ORDER BY id LIMIT $1", 1);
        using var rows = oldest.Query(options.DeleteBatchCount);
        while (rows.Read() && (isTooMuch || rows.GetInt64(2) < _cutoffMs))
            doomed.Add((rows.GetInt64(0), rows.GetFieldValue<byte[]>(1)));
        return doomed;
    }

    private bool IsTooMuch()
    {
        if (options.RetentionBytes == 0)
            return false;
        var pages = SqliteDatabase.Scalar(connection, "PRAGMA page_count") - SqliteDatabase.Scalar(connection, "PRAGMA freelist_count");
        return pages * SqliteDatabase.Scalar(connection, "PRAGMA page_size") > options.RetentionBytes;
    }
}
