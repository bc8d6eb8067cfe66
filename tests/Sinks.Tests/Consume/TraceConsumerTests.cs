using Pipeline.Shared.Messaging;
using Pipeline.Shared.Messaging.InMemory;
using Pipeline.Shared.Storage;
using Pipeline.TestKit;
using Xunit;

namespace Pipeline.Sinks.Tests.Consume;

public sealed class TraceConsumerTests
{
    private const string Group = "tracing-sinks";

    [Fact]
    public async Task Kept_traces_are_stored_and_their_offsets_committed()
    {
        using var log = await MemoryLogs.CreateAsync();
        var store = new ScriptedTraceWriter();
        await using var sinks = await new SinksProcess(log, store).StartAsync();
        await log.PublishTracesAsync(SinkInput.Traces(1, 100));
        await AwaitConsumedAsync(log);
        Assert.Equal(300, store.SpanCount);
        await AssertLedgerAsync(sinks, consumed: 300, stored: 300);
        Assert.True(sinks.Health.IsReady);
    }

    [Fact]
    public async Task While_the_store_is_away_nothing_is_dropped_memory_is_bounded_and_readiness_says_so()
    {
        using var log = await MemoryLogs.CreateAsync();
        var isAway = true;
        var store = new ScriptedTraceWriter { BeforeWrite = (_, _) => isAway ? throw new StoreUnavailableException("gone fishing") : Task.CompletedTask };
        await using var sinks = await new SinksProcess(log, store, settings: new() { ["Sinks:BatchSpans"] = "30" }).StartAsync();
        await log.PublishTracesAsync(SinkInput.Traces(1, 200));
        await Eventually.HoldsAsync(() => store.WriteCount > 5, "the store was tried several times");
        await Eventually.HoldsAsync(() => sinks.Health.Stages.Any(s => !s.Value.Ready && s.Value.Detail == "gone fishing"), "readiness names the store's words");
        // Two batches of 30 spans, and up to one record (3 spans) beyond each.
        Assert.InRange(await sinks.MetricAsync("pipeline_sinks_spans_consumed_total"), 30, 66);
        Assert.False(log.IsConsumed(Group, Topics.Traces, 4));
        isAway = false;
        await AwaitConsumedAsync(log);
        Assert.Equal(600, store.SpanCount);
        await AssertLedgerAsync(sinks, consumed: 600, stored: 600);
        Assert.True(sinks.Health.IsReady);
    }

    [Fact]
    public async Task Refused_spans_go_to_the_dead_letters_with_the_original_bytes_and_keep_no_others_out()
    {
        using var log = await MemoryLogs.CreateAsync();
        var store = new ScriptedTraceWriter { Refuses = s => s.TraceId == A.TraceId(7) && s.SpanId == A.SpanId(2) };
        await using var sinks = await new SinksProcess(log, store).StartAsync();
        var traces = SinkInput.Traces(1, 10);
        await log.PublishTracesAsync(traces);
        await AwaitConsumedAsync(log);
        Assert.Equal(29, store.SpanCount);
        var letter = Assert.Single(log.ReadAll(Topics.DeadLetters, Topics.EdgePartitionCount));
        Assert.Equal(SinkInput.Encode(traces[6]), letter.Value);
        Assert.Equal(Topics.Traces, Header(letter, DeadLetterHeaders.Topic));
        Assert.Contains("not to my taste", Header(letter, DeadLetterHeaders.Reason), StringComparison.Ordinal);
        Assert.Contains(A.SpanId(2).ToString(), Header(letter, DeadLetterHeaders.Reason), StringComparison.Ordinal);
        await AssertLedgerAsync(sinks, consumed: 30, stored: 29, deadLettered: 1);
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_goes_to_the_dead_letters_and_the_partition_goes_on()
    {
        using var log = await MemoryLogs.CreateAsync();
        var store = new ScriptedTraceWriter();
        var whole = SinkInput.Encode(SinkInput.Traces(50, 1)[0]);
        await log.PublishAsync(new TopicPartition(Topics.Traces, 2), [0xC3, 0x01, 1, 2, 3]);
        await log.PublishAsync(new TopicPartition(Topics.Traces, 2), whole[..^7]);
        await using var sinks = await new SinksProcess(log, store).StartAsync();
        await log.PublishTracesAsync(SinkInput.Traces(1, 10));
        await AwaitConsumedAsync(log);
        Assert.Equal(30, store.SpanCount);
        var letters = log.ReadAll(Topics.DeadLetters, Topics.EdgePartitionCount);
        Assert.Equal(2, letters.Count);
        Assert.Equal(["0", "1"], letters.Select(l => Header(l, DeadLetterHeaders.Offset)));
        Assert.Equal(whole[..^7], letters[1].Value);
        Assert.All(letters, l => Assert.Equal("2", Header(l, DeadLetterHeaders.Partition)));
    }

    [Fact]
    public async Task A_crash_between_write_and_commit_leaves_every_span_stored_exactly_once()
    {
        using var log = await MemoryLogs.CreateAsync();
        using var folder = new TemporaryFolder();
        using var sqlite = new SqliteStore(folder);
        var traces = SinkInput.Traces(1, 60);
        await log.PublishTracesAsync(traces.Take(30));
        // The store has the batch; the process fails before it can commit.
        var crashing = new CrashingTraceWriter(sqlite.Writer, crashAfterWrite: 1);
        var first = await new SinksProcess(log, crashing).StartAsync();
        await first.Stopping().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.True(first.Health.HasFailed);
        await first.DisposeAsync();
        Assert.False(log.IsConsumed(Group, Topics.Traces, 4));

        await log.PublishTracesAsync(traces.Skip(30));
        await using var second = await new SinksProcess(log, sqlite.Writer).StartAsync();
        await AwaitConsumedAsync(log);
        foreach (var trace in traces)
            Assert.Equal(trace.Spans.Select(s => s.SpanId).Order(), (await sqlite.Reader.GetTraceAsync(trace.TraceId, null, null, CancellationToken.None))!.Spans.Select(s => s.SpanId).Order());
        Assert.True(await second.MetricAsync("pipeline_sinks_spans_repeated_total") > 0);
        Assert.Equal(180, await second.MetricAsync("pipeline_sinks_spans_stored_total") + crashing.StoredBeforeCrash);
    }

    [Fact]
    public async Task Members_that_come_and_go_lose_nothing_and_every_offset_is_committed()
    {
        using var log = await MemoryLogs.CreateAsync();
        var store = new ScriptedTraceWriter { BeforeWrite = (_, token) => Task.Delay(20, token) };
        var first = await new SinksProcess(log, store, "a").StartAsync();
        await log.PublishTracesAsync(SinkInput.Traces(1, 50));
        var second = await new SinksProcess(log, store, "b").StartAsync();
        await log.PublishTracesAsync(SinkInput.Traces(101, 50));
        await first.DisposeAsync();
        await log.PublishTracesAsync(SinkInput.Traces(201, 50));
        var third = await new SinksProcess(log, store, "a").StartAsync();
        await log.PublishTracesAsync(SinkInput.Traces(301, 50));
        await second.DisposeAsync();
        await AwaitConsumedAsync(log);
        Assert.Equal(600, store.SpanCount);
        await third.DisposeAsync();
    }

    [Fact]
    public async Task A_stop_while_the_store_is_away_gives_everything_back_in_time()
    {
        using var log = await MemoryLogs.CreateAsync();
        var store = new ScriptedTraceWriter { BeforeWrite = (_, _) => throw new StoreUnavailableException("gone fishing") };
        var sinks = await new SinksProcess(log, store, settings: new() { ["Sinks:HandOverTimeout"] = "00:00:00.200" }).StartAsync();
        await log.PublishTracesAsync(SinkInput.Traces(1, 20));
        await Eventually.HoldsAsync(() => store.WriteCount > 2, "the store was tried");
        await sinks.StopAsync().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.False(log.IsConsumed(Group, Topics.Traces, 4));
        Assert.Equal(await sinks.MetricAsync("pipeline_sinks_spans_consumed_total"), await sinks.MetricAsync("pipeline_sinks_spans_given_back_total"));
        Assert.Equal(0, await sinks.MetricAsync("pipeline_sinks_spans_in_flight"));
        await sinks.DisposeAsync();

        store.BeforeWrite = (_, _) => Task.CompletedTask;
        await using var next = await new SinksProcess(log, store).StartAsync();
        await AwaitConsumedAsync(log);
        Assert.Equal(60, store.SpanCount);
    }

    [Fact]
    public async Task A_log_that_dies_with_the_process_is_stored_to_its_end_first()
    {
        using var log = await MemoryLogs.CreateAsync();
        var store = new ScriptedTraceWriter { BeforeWrite = (_, token) => Task.Delay(30, token) };
        var sinks = await new SinksProcess(log, store, settings: new() { ["Sinks:DrainOnShutdown"] = "true", ["Sinks:BatchSpans"] = "60", ["Sinks:BatchInterval"] = "00:01:00" }).StartAsync();
        await Eventually.HoldsAsync(() => sinks.Health.IsReady, "the sinks are ready");
        await log.PublishTracesAsync(SinkInput.Traces(1, 210));
        await sinks.DisposeAsync();
        Assert.Equal(630, store.SpanCount);
        Assert.True(log.IsConsumed(Group, Topics.Traces, 4));
    }

    [Fact]
    public async Task The_store_is_cleaned_at_the_start()
    {
        using var log = await MemoryLogs.CreateAsync();
        var store = new ScriptedTraceWriter();
        await using var sinks = await new SinksProcess(log, store).StartAsync();
        await Eventually.HoldsAsync(() => store.DeleteCount == 1, "what is expired was deleted");
    }

    private static Task AwaitConsumedAsync(InMemoryLog log) =>
        Eventually.HoldsAsync(() => log.IsConsumed(Group, Topics.Traces, 4), "everything is committed");

    private static async Task AssertLedgerAsync(SinksProcess sinks, int consumed, int stored, int deadLettered = 0)
    {
        Assert.Equal(consumed, await sinks.MetricAsync("pipeline_sinks_spans_consumed_total"));
        Assert.Equal(stored, await sinks.MetricAsync("pipeline_sinks_spans_stored_total"));
        Assert.Equal(deadLettered, await sinks.MetricAsync("pipeline_sinks_spans_dead_lettered_total"));
        Assert.Equal(0, await sinks.MetricAsync("pipeline_sinks_spans_repeated_total"));
        Assert.Equal(0, await sinks.MetricAsync("pipeline_sinks_spans_in_flight"));
    }

    private static string Header(Pipeline.Shared.Messaging.Record letter, string key) => System.Text.Encoding.UTF8.GetString(letter.Headers.Last(h => h.Key == key).Value);
}
