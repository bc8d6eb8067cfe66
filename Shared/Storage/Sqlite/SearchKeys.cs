using Microsoft.Data.Sqlite;

namespace Pipeline.Shared.Storage.Sqlite;

/// <summary>The ids of services and operations, remembered by the one writer.</summary>
internal sealed class SearchKeys(SqliteConnection connection) : IDisposable
{
    /// <summary>The key under which every piece is.</summary>
    public const long All = 0;

    // Beyond this a service puts ids into its span names; the table is then asked every time.
    private const int MaxCachedKeys = 50_000;

    private readonly Dictionary<(string, string?), (long Id, int Kinds)> _known = [];
    private readonly SqliteStatement _find = new(connection, "SELECT id, kinds FROM search_key WHERE service = $1 AND operation IS $2", 2);
    private readonly SqliteStatement _add = new(connection, "INSERT INTO search_key (service, operation, kinds) VALUES ($1, $2, $3) RETURNING id", 3);
    private readonly SqliteStatement _extend = new(connection, "UPDATE search_key SET kinds = kinds | $2 WHERE id = $1", 2);

    /// <summary>The id of a key, which is added where it is new.</summary>
    public long IdOf((string Service, string? Operation) key, int kinds)
    {
        if (!_known.TryGetValue(key, out var entry) && !TryFind(key, out entry))
            entry = (Add(key, kinds), kinds);
        if ((entry.Kinds | kinds) != entry.Kinds)
        {
            _extend.Execute(entry.Id, kinds);
            entry.Kinds |= kinds;
        }

        if (_known.Count >= MaxCachedKeys)
            _known.Clear();
        _known[key] = entry;
        return entry.Id;
    }

    /// <summary>Forgets everything: after a rollback, or when keys were deleted.</summary>
    public void Forget() => _known.Clear();

    public void Dispose()
    {
        _find.Dispose();
        _add.Dispose();
        _extend.Dispose();
    }

    private bool TryFind((string Service, string? Operation) key, out (long Id, int Kinds) entry)
    {
        using var row = _find.Query(key.Service, key.Operation);
        var isFound = row.Read();
        entry = isFound ? (row.GetInt64(0), row.GetInt32(1)) : default;
        return isFound;
    }

    private long Add((string Service, string? Operation) key, int kinds)
    {
        using var row = _add.Query(key.Service, key.Operation, kinds);
        row.Read();
        return row.GetInt64(0);
    }
}
