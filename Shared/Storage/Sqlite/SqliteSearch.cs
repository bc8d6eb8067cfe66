using Microsoft.Data.Sqlite;
using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage.Sqlite;

/// <summary>
/// Finds the newest traces that match a query. Pieces come from the index newest first, each is decided by its spans, and the walk ends when no later piece
/// can hold a newer match than those found: exact, without looking at more than it must.
/// </summary>
internal sealed class SqliteSearch(SqliteConnection connection, TraceQuery query)
{
    // Up to here the pieces are gone through by tag; beyond, by time, where a common tag is met soon.
    private const int RareTagPieces = 1000;

    private const string Columns = "SELECT s.start_max, p.trace_id, p.spans FROM ";
    private const string Window = "s.key_id = $1 AND s.start_max >= $2 AND s.start_min <= $3 AND s.duration_max >= $4 AND s.duration_min <= $5";
    private const string NewestFirst = " ORDER BY s.start_max DESC";

    private readonly SpanMatch _match = new(query);
    private readonly NewestTraces _newest = new(query.Limit);

    /// <summary>The traces' ids, newest first.</summary>
    public List<TraceId> Find(CancellationToken cancellation)
    {
        foreach (var keyId in KeyIds())
            Walk(keyId, cancellation);
        return [.. _newest.Ids];
    }

    private List<long> KeyIds()
    {
        if (query.Service is null)
            return query.Operation is null ? [SearchKeys.All] : ReadIds("operation = $2", null, query.Operation);
        return ReadIds("service = $1 AND operation IS $2", query.Service, query.Operation);
    }

    private List<long> ReadIds(string condition, string? service, string? operation)
    {
        using var statement = new SqliteStatement(connection, "SELECT id FROM search_key WHERE " + condition, 2);
        using var rows = statement.Query(service, operation);
        var ids = new List<long>();
        while (rows.Read())
            ids.Add(rows.GetInt64(0));
        return ids;
    }

    private void Walk(long keyId, CancellationToken cancellation)
    {
        var pairs = TagToken.Join([.. query.Tags.Where(IsIndexed).Select(t => ContentHash.OfPair(t.Key, t.Value))]).TrimEnd();
        using var statement = new SqliteStatement(connection, Sql(pairs), 6);
        using var rows = statement.Query(keyId, UnixTime.ToUnixNano(query.StartMin), UnixTime.ToUnixNano(query.StartMax),
            query.DurationMin is { } min ? UnixTime.ToNano(min) : 0, query.DurationMax is { } max ? UnixTime.ToNano(max) : long.MaxValue, pairs);
        var end = UnixTime.ToUnixNano(query.StartMax);
        while (rows.Read() && !_newest.IsFinal(Math.Min(rows.GetInt64(0), end)))
        {
            cancellation.ThrowIfCancellationRequested();
            if (_match.LatestStart(PieceQueries.Decode(rows.GetFieldValue<byte[]>(2))) is { } start)
                _newest.Add(TraceId.Read(rows.GetFieldValue<byte[]>(1)), start);
        }
    }

    // The absence of an error is nothing that an index of what is there can find.
    private static bool IsIndexed(KeyValuePair<string, string> tag) => tag.Key != SpanTags.Error || tag.Value != "false";

    private string Sql(string pairs)
    {
        if (pairs.Length == 0)
            return $"{Columns} piece_search s CROSS JOIN piece p ON p.id = s.piece_id WHERE {Window}{NewestFirst}";
        return IsRare(pairs)
            ? $"{Columns} piece_tag t CROSS JOIN piece_search s ON s.piece_id = t.rowid CROSS JOIN piece p ON p.id = s.piece_id "
                + $"WHERE piece_tag MATCH $6 AND {Window}{NewestFirst}"
            : $"{Columns} piece_search s CROSS JOIN piece p ON p.id = s.piece_id "
                + $"WHERE {Window} AND +s.piece_id IN (SELECT rowid FROM piece_tag WHERE piece_tag MATCH $6){NewestFirst}";
    }

    private bool IsRare(string pairs)
    {
        using var statement = new SqliteStatement(connection, "SELECT count(*) FROM (SELECT 1 FROM piece_tag WHERE piece_tag MATCH $1 LIMIT $2)", 2);
        using var rows = statement.Query(pairs, RareTagPieces);
        rows.Read();
        return rows.GetInt64(0) < RareTagPieces;
    }
}
