using Microsoft.Extensions.Options;
using Pipeline.Shared.Storage;
using Pipeline.Shared.Storage.Sqlite;
using Pipeline.TestKit.Storage;

namespace Pipeline.Shared.Tests.Storage.Sqlite;

public sealed class SqliteConformanceTests : TraceStoreConformance
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<SqliteTraceWriter> _writers = [];

    public override ValueTask DisposeAsync()
    {
        _writers.ForEach(w => w.Dispose());
        _folder.Dispose();
        return default;
    }

    protected override ValueTask<(ITraceWriter Writer, ITraceReader Reader)> OpenAsync()
    {
        var options = Options.Create(new SqliteOptions { Path = _folder.File("traces.db"), RetentionAge = Retention });
        _writers.Add(new SqliteTraceWriter(options, Time));
        return new((_writers[^1], new SqliteTraceReader(options)));
    }

    protected override Task RefreshAsync() => Task.CompletedTask;
}
