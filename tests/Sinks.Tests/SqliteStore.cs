using Microsoft.Extensions.Options;
using Pipeline.Shared.Storage.Sqlite;

namespace Pipeline.Sinks.Tests;

/// <summary>The embedded store in a folder.</summary>
internal sealed class SqliteStore : IDisposable
{
    public SqliteStore(TemporaryFolder folder)
    {
        var options = Options.Create(new SqliteOptions { Path = Path.Combine(folder.Path, "traces.db") });
        Writer = new SqliteTraceWriter(options, TimeProvider.System);
        Reader = new SqliteTraceReader(options);
    }

    public SqliteTraceWriter Writer { get; }

    public SqliteTraceReader Reader { get; }

    public void Dispose() => Writer.Dispose();
}
