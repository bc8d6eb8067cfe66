using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Pipeline.Shared.Storage;
using Pipeline.Shared.Storage.Sqlite;
using Pipeline.TestKit;
using Pipeline.TestKit.Storage;
using Xunit;

namespace Pipeline.Shared.Tests.Storage.Sqlite;

public sealed class SqliteStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly List<SqliteTraceWriter> _writers = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _writers.ForEach(w => w.Dispose());
        _folder.Dispose();
    }

    [Fact]
    public async Task What_was_written_survives_a_killed_process()
    {
        var writer = Writer(new SqliteOptions { Path = _folder.File("a.db") });
        await writer.WriteAsync([KeptTraces.Of(A.Span())], Cancellation);

        // What the disk's cache holds at this moment is what a killed process leaves: nothing was closed or checkpointed.
        Directory.CreateDirectory(_folder.File("left"));
        foreach (var file in Directory.GetFiles(_folder.Path, "a.db*").Where(f => !f.EndsWith("-shm", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(_folder.File("left"), Path.GetFileName(file)));

        var reader = Reader(new SqliteOptions { Path = _folder.File("left/a.db") });
        Assert.NotNull(await reader.GetTraceAsync(A.TraceId(1), null, null, Cancellation));
    }

    [Fact]
    public async Task The_folder_is_made()
    {
        await Writer(new SqliteOptions { Path = _folder.File("deep/er/a.db") }).PrepareAsync(Cancellation);

        Assert.True(File.Exists(_folder.File("deep/er/a.db")));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_named_with_what_to_do()
    {
        await File.WriteAllTextAsync(_folder.File("a.db"), new string('x', 10_000), Cancellation);

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => Writer(new SqliteOptions { Path = _folder.File("a.db") }).PrepareAsync(Cancellation));

        Assert.Contains("a.db", failure.Message, StringComparison.Ordinal);
        Assert.Contains("not an SQLite database", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Sqlite:Path", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_file_is_reported_with_what_to_do()
    {
        var options = new SqliteOptions { Path = _folder.File("a.db") };
        using (var writer = new SqliteTraceWriter(Options.Create(options), _time))
            await writer.WriteAsync([.. Enumerable.Range(1, 300).Select(i => KeptTraces.Of(RichSpans.Full(i)))], Cancellation);
        SqliteConnection.ClearAllPools();
        var bytes = await File.ReadAllBytesAsync(options.Path, Cancellation);
        bytes.AsSpan(8192 * 2, bytes.Length - 8192 * 2).Fill(0xee);
        await File.WriteAllBytesAsync(options.Path, bytes, Cancellation);

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => Reader(options).GetTraceAsync(A.TraceId(1), null, null, Cancellation));

        Assert.Contains("damaged", failure.Message, StringComparison.Ordinal);
        Assert.Contains(".recover", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_before_the_first_writer_is_told_so()
    {
        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => Reader(new SqliteOptions { Path = _folder.File("a.db") }).GetServicesAsync(Cancellation));

        Assert.Contains("cannot be opened", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_a_newer_version_is_left_alone()
    {
        var options = new SqliteOptions { Path = _folder.File("a.db") };
        using (var connection = new SqliteConnection("Data Source=" + options.Path))
        {
            await connection.OpenAsync(Cancellation);
            SqliteDatabase.Execute(connection, "PRAGMA user_version=99");
        }

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => Writer(options).PrepareAsync(Cancellation));

        Assert.Contains("schema 99", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_locked_or_full_store_refuses_the_batch_and_takes_it_later()
    {
        var options = new SqliteOptions { Path = _folder.File("a.db"), BusyTimeout = TimeSpan.FromSeconds(1) };
        var writer = Writer(options);
        await writer.PrepareAsync(Cancellation);
        using var other = new SqliteConnection("Data Source=" + options.Path);
        await other.OpenAsync(Cancellation);
        SqliteDatabase.Execute(other, "BEGIN IMMEDIATE");

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => writer.WriteAsync([KeptTraces.Of(A.Span())], Cancellation));
        Assert.Contains("another process", failure.Message, StringComparison.Ordinal);
        Assert.Contains("disk is full", SqliteFailure.Translate(new SqliteException("full", 13), "a.db").Message, StringComparison.Ordinal);
        SqliteDatabase.Execute(other, "ROLLBACK");

        Assert.Equal(1, (await writer.WriteAsync([KeptTraces.Of(A.Span())], Cancellation)).StoredSpanCount);
    }

    [Fact]
    public async Task The_oldest_go_when_the_bytes_are_used_up()
    {
        var options = new SqliteOptions { Path = _folder.File("a.db"), RetentionBytes = 1 << 20, DeleteBatchCount = 10 };
        var writer = Writer(options);
        await writer.WriteAsync([.. Enumerable.Range(1, 200).Select(i => KeptTraces.Of(Large(i)))], Cancellation);

        await writer.DeleteExpiredAsync(Cancellation);

        var reader = Reader(options);
        Assert.Null(await reader.GetTraceAsync(A.TraceId(1), null, null, Cancellation));
        Assert.NotNull(await reader.GetTraceAsync(A.TraceId(200), null, null, Cancellation));
        var report = await writer.WriteAsync([KeptTraces.Of(Large(1))], Cancellation);
        Assert.Equal(1, report.StoredSpanCount);
    }

    [Fact]
    public void Every_bad_setting_is_named()
    {
        var result = new SqliteOptionsValidator().Validate(null,
            new SqliteOptions { Path = " ", RetentionAge = TimeSpan.Zero, RetentionBytes = 5, DeleteBatchCount = 0, BusyTimeout = TimeSpan.FromHours(1) });

        Assert.Equal(["BusyTimeout", "DeleteBatchCount", "Path", "RetentionAge", "RetentionBytes"], result.Failures!.Select(f => f.Split(':')[1]).Order());
        Assert.True(new SqliteOptionsValidator().Validate(null, new SqliteOptions()).Succeeded);
    }

    private static Shared.Model.Span Large(int trace) =>
        A.Span(trace) with { Attributes = new Shared.Model.AttributeList { { "payload", new string((char)('a' + trace % 26), 20_000) } } };

    private SqliteTraceWriter Writer(SqliteOptions options)
    {
        _writers.Add(new SqliteTraceWriter(Options.Create(options), _time));
        return _writers[^1];
    }

    private static SqliteTraceReader Reader(SqliteOptions options) => new(Options.Create(options));
}
