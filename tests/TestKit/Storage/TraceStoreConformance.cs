using Microsoft.Extensions.Time.Testing;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;
using Pipeline.Shared.Storage;
using Xunit;

namespace Pipeline.TestKit.Storage;

/// <summary>What every store must do. A store's test class derives from this and says how to open the store.</summary>
public abstract partial class TraceStoreConformance : IAsyncLifetime
{
    /// <summary>The tests' clock; it starts a minute after the spans.</summary>
    protected FakeTimeProvider Time { get; } = new(DateTimeOffset.FromUnixTimeMilliseconds((long)(A.StartUnixNano / 1_000_000)).AddMinutes(1));

    /// <summary>The store's retention by age, which its options must say.</summary>
    protected static TimeSpan Retention => TimeSpan.FromDays(3);

    /// <summary>Writes.</summary>
    protected ITraceWriter Writer { get; private set; } = null!;

    /// <summary>Reads.</summary>
    protected ITraceReader Reader { get; private set; } = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        (Writer, Reader) = await OpenAsync();
        await Writer.PrepareAsync(Cancellation);
    }

    /// <summary>Closes the store and removes what it wrote.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>A writer and a reader on the same place; called again, a second pair on what the first left.</summary>
    protected abstract ValueTask<(ITraceWriter Writer, ITraceReader Reader)> OpenAsync();

    /// <summary>Makes visible what was written.</summary>
    protected abstract Task RefreshAsync();

    [Fact]
    public async Task A_trace_comes_back_whole_in_order_of_start()
    {
        await WriteAsync(KeptTraces.Of(A.Span(span: 2, parent: 1, startMs: 5), A.Span(span: 1), A.Span(span: 3, parent: 1, startMs: 2)));

        var trace = await GetAsync(1);

        Assert.Equal(A.TraceId(1), trace!.TraceId);
        Assert.Equal([A.SpanId(1), A.SpanId(3), A.SpanId(2)], trace.Spans.Select(s => s.SpanId));
    }

    [Fact]
    public async Task Everything_that_a_span_can_say_comes_back_exactly()
    {
        var span = RichSpans.Full();

        var report = await WriteAsync(KeptTraces.Of(span));

        Assert.Empty(report.Refused);
        Assert.Equal(1, report.StoredSpanCount);
        var stored = Assert.Single((await GetAsync(1))!.Spans);
        Assert.Equal(span.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal), stored.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal));
        Assert.Equal(span.Events, stored.Events);
        Assert.Equal(span.Links, stored.Links);
        Assert.Equal(span.Resource, stored.Resource);
        Assert.Equal(span.Scope, stored.Scope);
        Assert.Equal(span, stored);
    }

    [Fact]
    public async Task Plain_spans_come_back_exactly_too()
    {
        Span[] spans =
        [
            A.Span() with { Attributes = new AttributeList { { "http.status_code", AttributeValue.From(200L) }, { "ratio", AttributeValue.From(2.0) }, { "ok", AttributeValue.From(true) } } },
            A.Span(span: 2, parent: 1, kind: SpanKind.Unspecified).WithError("no"),
            A.Span(span: 3, parent: 1, kind: SpanKind.Internal) with { Status = new SpanStatus(SpanStatusCode.Ok, "") },
            A.Span(span: 4, kind: SpanKind.Client) with { Status = new SpanStatus(SpanStatusCode.Unset, "said all the same"), Scope = InstrumentationScope.Empty },
            A.Span(span: 5, kind: SpanKind.Producer) with { Resource = Resource.Empty, Name = "" },
            A.Span(span: 6, kind: SpanKind.Consumer) with { EndTimeUnixNano = A.StartUnixNano - 5 },
            A.Span(span: 7) with { Attributes = new AttributeList { { "error", "true" }, { "span.kind", "server" }, { "otel.status_code", "OK" }, { "otel.scope.name", "mine" } } },
            A.Span(span: 8) with { Links = [new SpanLink { TraceId = A.TraceId(2), SpanId = A.SpanId(1) }], TraceState = "a=b", Flags = 1 },
        ];

        await WriteAsync(KeptTraces.Of(spans));

        var stored = (await GetAsync(1))!.Spans.OrderBy(s => s.SpanId).ToList();
        Assert.Equal(spans.Length, stored.Count);
        for (var i = 0; i < spans.Length; i++)
            Assert.Equal(spans[i], stored[i]);
    }

    [Fact]
    public async Task Pieces_of_a_trace_are_united()
    {
        await WriteAsync(KeptTraces.Of(1, A.Span()));
        await WriteAsync(KeptTraces.Late(2, A.Span(span: 2, parent: 1)), KeptTraces.Late(3, A.Span(span: 3, parent: 1)));

        Assert.Equal(3, (await GetAsync(1))!.Spans.Count);
    }

    [Fact]
    public async Task Writing_the_same_piece_again_changes_nothing()
    {
        var piece = KeptTraces.Of(A.Span(), A.Span(span: 2, parent: 1));
        await WriteAsync(piece);

        var report = await WriteAsync(piece);

        Assert.Equal((0, 2), (report.StoredSpanCount, report.RepeatedSpanCount));
        Assert.Equal(2, (await GetAsync(1))!.Spans.Count);
        var summary = Assert.Single(await Reader.FindSummariesAsync(Everything, Cancellation));
        Assert.Equal(2, summary.SpanCount);
    }

    [Fact]
    public async Task A_piece_twice_in_one_batch_is_stored_once()
    {
        var report = await WriteAsync(KeptTraces.Of(A.Span()), KeptTraces.Of(A.Span()));

        Assert.Equal((1, 1), (report.StoredSpanCount, report.RepeatedSpanCount));
        Assert.Single((await GetAsync(1))!.Spans);
    }

    [Fact]
    public async Task A_span_that_comes_in_another_piece_is_stored_once()
    {
        await WriteAsync(KeptTraces.Of(1, A.Span()));

        var report = await WriteAsync(KeptTraces.Late(2, A.Span(), A.Span(span: 2)));

        Assert.Equal((1, 1), (report.StoredSpanCount, report.RepeatedSpanCount));
        Assert.Equal(2, (await GetAsync(1))!.Spans.Count);
    }

    [Fact]
    public async Task Client_and_server_that_share_an_id_are_two_spans()
    {
        await WriteAsync(KeptTraces.Of(A.Span(kind: SpanKind.Client, service: "web"), A.Span(kind: SpanKind.Server, service: "shop")));
        await WriteAsync(KeptTraces.Of(A.Span(kind: SpanKind.Server, service: "shop") with { Name = "other content" }));

        Assert.Equal(3, (await GetAsync(1))!.Spans.Count);
    }

    [Fact]
    public async Task Traces_of_one_batch_do_not_mix()
    {
        await WriteAsync([.. Enumerable.Range(1, 50).Select(i => KeptTraces.Of(A.Span(trace: i, span: i), A.Span(trace: i, span: 1000)))]);

        for (var i = 1; i <= 50; i += 7)
            Assert.Equal([A.SpanId(i), A.SpanId(1000)], (await GetAsync(i))!.Spans.Select(s => s.SpanId));
    }

    [Fact]
    public async Task An_unknown_trace_is_null()
    {
        await WriteAsync(KeptTraces.Of(A.Span()));

        Assert.Null(await GetAsync(2));
    }

    [Fact]
    public async Task A_trace_is_found_with_and_without_a_window()
    {
        await WriteAsync(KeptTraces.Of(A.Span()));

        Assert.NotNull(await Reader.GetTraceAsync(A.TraceId(1), At(-1000), At(1000), Cancellation));
        Assert.NotNull(await Reader.GetTraceAsync(A.TraceId(1), null, At(1000), Cancellation));
        Assert.NotNull(await Reader.GetTraceAsync(A.TraceId(1), At(-1000), null, Cancellation));
    }

    [Fact]
    public async Task A_large_trace_comes_back_whole()
    {
        var spans = Enumerable.Range(1, 3000).Select(i => A.Span(span: i, parent: i == 1 ? 0 : 1, startMs: i / 500)).ToArray();
        await WriteAsync(KeptTraces.Of(spans));

        var stored = (await GetAsync(1))!.Spans;

        Assert.Equal(spans.Select(s => s.SpanId), stored.Select(s => s.SpanId));
    }

    [Fact]
    public async Task Services_and_operations_are_listed_in_order()
    {
        await WriteAsync(KeptTraces.Of(A.Span(service: "b", name: "z"), A.Span(span: 2, service: "b", name: "a"), A.Span(span: 3, service: "a", name: "x"), A.Span(span: 4, service: "B", name: "x")));

        Assert.Equal(["B", "a", "b"], await Reader.GetServicesAsync(Cancellation));
        Assert.Equal(["a", "z"], (await Reader.GetOperationsAsync("b", null, Cancellation)).Select(o => o.Name));
        Assert.Empty(await Reader.GetOperationsAsync("none", null, Cancellation));
    }

    [Fact]
    public async Task Operations_are_listed_once_for_each_kind()
    {
        await WriteAsync(KeptTraces.Of(A.Span(name: "a", kind: SpanKind.Client), A.Span(span: 2, name: "a", kind: SpanKind.Server)));
        await WriteAsync(KeptTraces.Of(A.Span(trace: 2, name: "a", kind: SpanKind.Client), A.Span(trace: 2, span: 2, name: "b", kind: SpanKind.Client)));

        Assert.Equal([new("a", SpanKind.Server), new("a", SpanKind.Client), new("b", SpanKind.Client)], await Reader.GetOperationsAsync("checkout", null, Cancellation));
        Assert.Equal([new("a", SpanKind.Client), new("b", SpanKind.Client)], await Reader.GetOperationsAsync("checkout", SpanKind.Client, Cancellation));
    }

    [Fact]
    public async Task Dependencies_of_an_hour_and_partition_are_replaced_and_summed_over_partitions()
    {
        var hour = DateTimeOffset.FromUnixTimeMilliseconds((long)(A.StartUnixNano / 1_000_000) / 3_600_000 * 3_600_000);
        await Writer.WriteDependenciesAsync(hour, 0, [new("a", "b", 1), new("a", "c", 5)], Cancellation);
        await Writer.WriteDependenciesAsync(hour, 0, [new("a", "b", 10)], Cancellation);
        await Writer.WriteDependenciesAsync(hour, 1, [new("a", "b", 100), new("B", "a", 7)], Cancellation);
        await Writer.WriteDependenciesAsync(hour.AddHours(-1), 1, [new("a", "b", 1000)], Cancellation);
        await RefreshAsync();

        Assert.Equal([new("B", "a", 7), new("a", "b", 110)], await Reader.GetDependenciesAsync(hour, hour.AddMinutes(59), Cancellation));
        Assert.Equal([new("B", "a", 7), new("a", "b", 1110)], await Reader.GetDependenciesAsync(hour.AddHours(-1), hour, Cancellation));
        Assert.Empty(await Reader.GetDependenciesAsync(hour.AddMinutes(1), hour.AddMinutes(59), Cancellation));
    }

    [Fact]
    public async Task What_is_older_than_the_retention_goes_and_the_rest_stays()
    {
        await WriteAsync(KeptTraces.Of(A.Span(service: "old")));
        Time.Advance(Retention + TimeSpan.FromDays(1));
        var later = (int)(Retention + TimeSpan.FromDays(1)).TotalMilliseconds;
        await WriteAsync(KeptTraces.Of(A.Span(trace: 2, service: "new", startMs: later)));

        await Writer.DeleteExpiredAsync(Cancellation);
        await RefreshAsync();

        Assert.Null(await GetAsync(1));
        Assert.NotNull(await GetAsync(2));
        Assert.Equal(["new"], await Reader.GetServicesAsync(Cancellation));
        Assert.Equal([A.TraceId(2)], (await Reader.FindTracesAsync(Everything with { StartMax = At(later * 2L) }, Cancellation)).Select(t => t.TraceId));
    }

    [Fact]
    public async Task A_store_opened_again_has_everything_and_knows_what_it_has()
    {
        await WriteAsync(KeptTraces.Of(A.Span(), A.Span(span: 2)));

        var (writer, reader) = await OpenAsync();
        await writer.PrepareAsync(Cancellation);
        var report = await writer.WriteAsync([KeptTraces.Of(A.Span(), A.Span(span: 3))], Cancellation);
        await RefreshAsync();

        Assert.Equal((1, 1), (report.StoredSpanCount, report.RepeatedSpanCount));
        Assert.Equal(3, (await reader.GetTraceAsync(A.TraceId(1), null, null, Cancellation))!.Spans.Count);
        Assert.Equal(["checkout"], await reader.GetServicesAsync(Cancellation));
    }

    [Fact]
    public async Task An_empty_store_answers_with_nothing()
    {
        await RefreshAsync();

        Assert.Null(await GetAsync(1));
        Assert.Empty(await Reader.GetServicesAsync(Cancellation));
        Assert.Empty(await Reader.FindTracesAsync(Everything, Cancellation));
        Assert.Empty(await Reader.FindSummariesAsync(Everything, Cancellation));
        Assert.Empty(await Reader.GetDependenciesAsync(At(-100), At(100), Cancellation));
        Assert.Equal((0, 0), await Writer.WriteAsync([], Cancellation) is var report ? (report.StoredSpanCount, report.RepeatedSpanCount) : default);
    }

    [Fact]
    public async Task A_cancelled_call_ends_as_cancelled()
    {
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Writer.WriteAsync([KeptTraces.Of(A.Span())], cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Reader.GetTraceAsync(A.TraceId(1), null, null, cancelled));
    }

    /// <summary>The moment this many milliseconds after the tests' beginning.</summary>
    protected static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds((long)(A.StartUnixNano / 1_000_000) + ms);

    /// <summary>Writes and makes visible.</summary>
    protected async Task<WriteReport> WriteAsync(params KeptTrace[] pieces)
    {
        var report = await Writer.WriteAsync(pieces, Cancellation);
        await RefreshAsync();
        return report;
    }

    private Task<Trace?> GetAsync(int trace) => Reader.GetTraceAsync(A.TraceId(trace), null, null, Cancellation);
}
