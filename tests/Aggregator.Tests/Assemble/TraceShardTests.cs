using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;
using Pipeline.TestKit;
using Xunit;

namespace Pipeline.Aggregator.Tests.Assemble;

public sealed class TraceShardTests
{
    private static readonly RuleOptions KeepErrors = new() { Name = "errors", Type = RuleType.Error };

    [Fact]
    public void A_trace_is_decided_when_the_wait_after_its_root_is_over()
    {
        using var harness = new ShardHarness();
        harness.Append(0, A.Span(span: 1), A.Span(span: 2, parent: 1));
        harness.AdvanceTo(1_999);
        Assert.Equal(1, harness.Shard.PendingTraceCount);

        harness.AdvanceTo(2_000);
        harness.Commit();

        var piece = Assert.Single(harness.Emitted);
        Assert.Equal("root_arrived", piece.Reason);
        Assert.Equal(2, piece.Spans.Count);
        Assert.Equal("always", piece.Rule);
    }

    [Fact]
    public void A_trace_without_a_root_waits_the_whole_decision_wait_from_its_first_span()
    {
        using var harness = new ShardHarness();
        harness.Append(0, A.Span(span: 2, parent: 1));
        harness.Append(5_000, A.Span(span: 3, parent: 1));
        harness.AdvanceTo(9_999);
        Assert.Equal(1, harness.Shard.PendingTraceCount);

        harness.AdvanceTo(10_000);
        harness.Commit();

        Assert.Equal("decision_wait_elapsed", Assert.Single(harness.Emitted).Reason);
    }

    [Fact]
    public void A_root_that_comes_at_the_end_of_the_wait_does_not_lengthen_it()
    {
        using var harness = new ShardHarness();
        harness.Append(0, A.Span(span: 2, parent: 1));
        harness.Append(9_500, A.Span(span: 1));
        harness.AdvanceTo(10_000);
        harness.Commit();
        Assert.Equal("decision_wait_elapsed", Assert.Single(harness.Emitted).Reason);
    }

    [Fact]
    public void What_falls_due_before_a_record_is_decided_without_the_records_spans()
    {
        using var harness = new ShardHarness();
        harness.Append(0, A.Span(span: 1));
        harness.Append(60_000, A.Span(span: 2, parent: 1));
        harness.Commit();
        Assert.Equal([false, true], harness.Emitted.Select(e => e.IsLate));
        Assert.Equal([1, 1], harness.Emitted.Select(e => e.Spans.Count));
    }

    [Fact]
    public void Emitted_spans_are_the_spans_that_came_in()
    {
        using var harness = new ShardHarness();
        var spans = new[]
        {
            A.Span(span: 1, service: "frontend", name: "GET /"),
            A.Span(span: 2, parent: 1, service: "cart", kind: SpanKind.Client) with { Attributes = new AttributeList { { "k", "v" }, { "n", AttributeValue.From(7L) } } },
            A.Span(span: 3, parent: 2, service: "frontend").WithError(),
        };
        harness.Append(0, spans[0], spans[1]);
        harness.Append(100, spans[2]);
        harness.AdvanceTo(20_000);
        harness.Commit();
        Assert.Equal(spans, harness.EmittedSpans.OrderBy(s => s.SpanId));
    }

    [Fact]
    public void Late_spans_of_a_kept_trace_are_kept_and_those_of_a_dropped_trace_are_dropped()
    {
        using var harness = new ShardHarness(null, KeepErrors);
        harness.Append(0, A.Span(trace: 1, span: 1).WithError(), A.Span(trace: 2, span: 2));
        harness.AdvanceTo(20_000);
        harness.Append(21_000, A.Span(trace: 1, span: 3, parent: 1), A.Span(trace: 2, span: 4, parent: 2).WithError());
        harness.Commit();

        Assert.Equal([A.SpanId(1), A.SpanId(3)], harness.EmittedSpans.Select(s => s.SpanId).Order());
        Assert.Equal((4, 2, 2), (harness.Shard.Ledger.Consumed, harness.Shard.Ledger.Kept, harness.Shard.Ledger.Dropped));
        Assert.Equal((1, 1), (harness.Shard.Ledger.LateKept, harness.Shard.Ledger.LateDropped));
    }

    [Fact]
    public void A_late_span_renews_the_late_horizon()
    {
        using var harness = new ShardHarness();
        harness.Append(0, A.Span(span: 1));
        harness.AdvanceTo(10_000);
        harness.Append(9 * 60_000, A.Span(span: 2, parent: 1));
        harness.Commit();
        harness.Append(18 * 60_000, A.Span(span: 3, parent: 1));
        harness.Commit();
        Assert.Equal([false, true, true], harness.Emitted.Select(e => e.IsLate).Order());
        Assert.Equal(0, harness.Shard.PendingTraceCount);
    }

    [Fact]
    public void After_the_late_horizon_a_span_opens_a_new_trace()
    {
        using var harness = new ShardHarness();
        harness.Append(0, A.Span(span: 1));
        harness.Append(11 * 60_000, A.Span(span: 2, parent: 1));
        Assert.Equal(1, harness.Shard.PendingTraceCount);
    }

    [Fact]
    public void Exact_duplicates_are_dropped_and_counted_whatever_the_size_of_the_trace()
    {
        using var harness = new ShardHarness();
        var spans = Enumerable.Range(1, 40).Select(i => A.Span(span: i, parent: i == 1 ? 0 : 1)).ToArray();
        harness.Append(0, spans);
        harness.Append(10, spans);
        harness.Append(20, spans[..3]);
        harness.AdvanceTo(20_000);
        harness.Commit();
        Assert.Equal(40, harness.EmittedSpans.Count());
        Assert.Equal(43, harness.Shard.Ledger.Duplicate);
        Assert.Equal(83, harness.Shard.Ledger.Consumed);
    }

    [Fact]
    public void Spans_that_share_an_id_but_differ_are_both_kept()
    {
        using var harness = new ShardHarness();
        harness.Append(0, A.Span(span: 1, kind: SpanKind.Client), A.Span(span: 1, kind: SpanKind.Server), A.Span(span: 1, kind: SpanKind.Server, name: "other"));
        harness.AdvanceTo(20_000);
        harness.Commit();
        Assert.Equal(3, harness.EmittedSpans.Count());
    }

    [Fact]
    public void The_watermark_stays_at_the_first_span_of_the_oldest_undecided_trace()
    {
        using var harness = new ShardHarness();
        harness.Append(0, A.Span(trace: 1, span: 2, parent: 1));
        harness.Append(1_000, A.Span(trace: 2, span: 1));
        harness.Append(2_000, A.Span(trace: 3, span: 2, parent: 1));
        harness.AdvanceTo(4_000);
        Assert.Equal(0, harness.Shard.Watermark);
        harness.AdvanceTo(10_000);
        Assert.Equal(2, harness.Shard.Watermark);
        harness.AdvanceTo(12_000);
        Assert.Equal(3, harness.Shard.Watermark);
    }

    [Theory]
    [InlineData(5, 1_000_000, "span_limit_reached")]
    [InlineData(1_000_000, 4_096, "byte_limit_reached")]
    public void A_trace_beyond_its_limit_is_decided_at_once_and_the_rest_follows_late(int maxSpans, long maxBytes, string reason)
    {
        using var harness = new ShardHarness(o => (o.MaxSpansPerTrace, o.MaxBytesPerTrace) = (maxSpans, maxBytes));
        harness.Append(0, [.. Enumerable.Range(1, 60).Select(i => A.Span(span: i, parent: 999))]);
        harness.Commit();
        Assert.All(harness.Emitted, e => Assert.Equal(reason, e.Reason));
        Assert.Equal(60, harness.EmittedSpans.Select(s => s.SpanId).Distinct().Count());
    }

    [Fact]
    public void Memory_pressure_decides_the_heaviest_traces_and_says_so()
    {
        using var harness = new ShardHarness(o => o.MemoryBytes = 1 << 20);
        for (var i = 0; i < 400; i++)
            harness.Append(i, A.Span(trace: 1, span: 10_000 + i, parent: 9), A.Span(trace: 2 + i, span: i + 1, parent: 9) with { Name = new string('x', 4000) });
        harness.Commit();
        Assert.True(harness.Budget.UsedBytes <= 1 << 20);
        Assert.NotEmpty(harness.Emitted);
        Assert.All(harness.Emitted.Where(e => !e.IsLate), e => Assert.Equal("memory_pressure", e.Reason));
    }

    [Fact]
    public void A_trace_larger_than_a_record_goes_out_in_numbered_pieces()
    {
        using var harness = new ShardHarness();
        for (var i = 0; i < 40; i++)
            harness.Append(i, A.Span(span: i + 1, parent: i == 0 ? 0 : 1) with { Name = new string('x', 100_000) });
        harness.AdvanceTo(20_000);
        harness.Commit();
        Assert.Equal(Enumerable.Range(0, harness.Emitted.Count), harness.Emitted.Select(e => e.Piece));
        Assert.True(harness.Emitted.Count >= 4);
        Assert.All(harness.Emitted, e => Assert.True(e.Body.Length < 1_000_000));
        Assert.Equal(40, harness.EmittedSpans.Select(s => s.SpanId).Distinct().Count());
    }

    [Fact]
    public void Stream_time_never_goes_back()
    {
        using var harness = new ShardHarness();
        harness.Append(5_000, A.Span(span: 1));
        harness.Append(0, A.Span(trace: 2, span: 1));
        Assert.Equal(ShardHarness.StartMs + 5_000, harness.Shard.StreamTimeMs);
    }

    [Fact]
    public void A_record_that_cannot_be_read_changes_nothing()
    {
        using var harness = new ShardHarness();
        harness.Append(0, A.Span(span: 1));
        var body = ShardHarness.Encode(A.Span(span: 2, parent: 1), A.Span(trace: 5, span: 3));
        Assert.Throws<EncodingException>(() => harness.Shard.Apply(1, ShardHarness.StartMs + 60_000, body.AsSpan(0, body.Length - 5)));
        Assert.Equal((1, 1), (harness.Shard.Position, harness.Shard.PendingTraceCount));
        Assert.Equal(ShardHarness.StartMs, harness.Shard.StreamTimeMs);
    }
}
