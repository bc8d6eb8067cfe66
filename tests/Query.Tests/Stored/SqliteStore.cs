using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Pipeline.Shared.Model;
using Pipeline.Shared.Storage.Sqlite;
using Pipeline.TestKit.Storage;

namespace Pipeline.Query.Tests.Stored;

/// <summary>The embedded store in a folder of its own, gone afterwards.</summary>
internal sealed class SqliteStore : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pipeline-query-").FullName;

    public SqliteStore()
    {
        var options = Options.Create(new SqliteOptions { Path = File });
        Writer = new SqliteTraceWriter(options, TimeProvider.System);
        Reader = new SqliteTraceReader(options);
    }

    public string File => Path.Combine(_folder, "traces.db");

    public SqliteTraceWriter Writer { get; }

    public SqliteTraceReader Reader { get; }

    /// <summary>Stores spans, one piece for each trace.</summary>
    public async Task<SqliteStore> WithAsync(params Span[] spans)
    {
        await Writer.WriteAsync([.. spans.GroupBy(s => s.TraceId).Select((g, i) => KeptTraces.Of(offset: i, [.. g]))], TestContext.Current.CancellationToken);
        return this;
    }

    public void Dispose()
    {
        Writer.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}
