using Microsoft.Extensions.Options;
using Pipeline.Query.Traces;
using Pipeline.Shared.Model;
using Pipeline.Shared.Storage;
using Pipeline.TestKit;

namespace Pipeline.Query.Tests.Traces;

public sealed class AdjusterTests
{
    [Fact]
    public void Spans_that_came_twice_are_shown_once()
    {
        var span = A.Span();
        Assert.Equal(2, Adjust(0, span, A.Span(), span with { Name = "other" }).Count);
    }

    [Fact]
    public void A_shared_span_id_becomes_two_spans_with_the_server_below_the_client()
    {
        var client = A.Span(span: 5, parent: 1, service: "web", kind: SpanKind.Client);
        var server = A.Span(span: 5, parent: 1, service: "api", kind: SpanKind.Server);
        var spans = Adjust(0, A.Span(span: 1), client, server, A.Span(span: 7, parent: 5, kind: SpanKind.Internal), A.Span(span: 6, parent: 7, kind: SpanKind.Internal)).Select(s => s.Span).ToList();
        Assert.Equal((A.SpanId(5), A.SpanId(1)), (spans[1].SpanId, spans[1].ParentSpanId));
        Assert.Equal((A.SpanId(8), A.SpanId(5)), (spans[2].SpanId, spans[2].ParentSpanId));
        Assert.Equal(A.SpanId(8), spans[3].ParentSpanId);
        Assert.Equal(A.SpanId(7), spans[4].ParentSpanId);
    }

    [Fact]
    public void Attributes_and_events_come_in_order()
    {
        var span = A.Span() with
        {
            Attributes = new AttributeList { { "b", "1" }, { "B", "2" }, { "a", "3" } },
            Events = [new SpanEvent { TimeUnixNano = 20, Name = "second" }, new SpanEvent { TimeUnixNano = 10, Name = "first" }, new SpanEvent { TimeUnixNano = 20, Name = "third" }],
        };
        var shown = Assert.Single(Adjust(0, span)).Span;
        Assert.Equal(["B", "a", "b"], shown.Attributes.Select(a => a.Key));
        Assert.Equal(["first", "second", "third"], shown.Events.Select(e => e.Name));
    }

    [Theory]
    [InlineData(16909060L, "1.2.3.4")]
    [InlineData(4294967295L, "255.255.255.255")]
    [InlineData(-1062731519L, "192.168.1.1")]
    [InlineData(4294967296L, null)]
    public void A_numeric_address_gets_dots(long number, string? expected)
    {
        var shown = Assert.Single(Adjust(0, A.Span() with { Attributes = new AttributeList { { "peer.ipv4", AttributeValue.From(number) } } })).Span;
        Assert.Equal(expected is null ? AttributeValue.From(number) : AttributeValue.From(expected), shown.Attributes["peer.ipv4"]);
    }

    [Fact]
    public void The_sdks_attributes_go_to_the_resource_unless_it_says_otherwise()
    {
        var span = A.Span() with
        {
            Attributes = new AttributeList { { "telemetry.sdk.name", "opentelemetry" }, { "telemetry.sdk.version", "2" }, { "k", "v" } },
            Resource = new Resource { Attributes = new AttributeList { { "service.name", "s" }, { "telemetry.sdk.version", "1" } } },
        };
        var shown = Assert.Single(Adjust(0, span));
        Assert.Equal(["k", "telemetry.sdk.version"], shown.Span.Attributes.Select(a => a.Key));
        Assert.Equal("opentelemetry", shown.Span.Resource.Attributes.Text("telemetry.sdk.name"));
        Assert.Equal("1", shown.Span.Resource.Attributes.Text("telemetry.sdk.version"));
        Assert.Equal(["conflicting values between Span and Resource for attribute telemetry.sdk.version"], shown.Warnings);
    }

    [Fact]
    public void Links_to_nowhere_are_dropped()
    {
        var good = new SpanLink { TraceId = A.TraceId(2), SpanId = A.SpanId(2) };
        var shown = Assert.Single(Adjust(0, A.Span() with { Links = [good with { SpanId = default }, good, good with { TraceId = default }] }));
        Assert.Equal([good], shown.Span.Links);
    }

    // parent: 0 to 100 ms on host a; the child's start and duration, its host and kind; expected shift in ms
    [Theory]
    [InlineData(-50, 20, "b", SpanKind.Server, 90)] // would end before it begins: into the middle, (100 - 20) / 2 = 40
    [InlineData(95, 20, "b", SpanKind.Server, -55)]
    [InlineData(10, 20, "b", SpanKind.Server, 0)] // fits
    [InlineData(-30, 200, "b", SpanKind.Server, 30)] // longer than its parent: only not earlier
    [InlineData(30, 200, "b", SpanKind.Server, 0)]
    [InlineData(-50, 20, "a", SpanKind.Server, 0)] // the same clock
    [InlineData(-50, 20, "", SpanKind.Server, 90)] // an unknown host may be another one
    [InlineData(500, 20, "b", SpanKind.Consumer, 0)] // a consumer may come later
    [InlineData(-50, 20, "b", SpanKind.Consumer, 50)]
    public void A_childs_clock_is_set_by_its_parents(int startMs, int durationMs, string host, SpanKind kind, int expectedMs)
    {
        var child = OnHost(A.Span(span: 2, parent: 1, startMs: startMs, durationMs: durationMs, kind: kind), host) with
        {
            Events = [new SpanEvent { TimeUnixNano = A.StartUnixNano, Name = "e" }],
        };
        var shown = Adjust(3600, OnHost(A.Span(durationMs: 100), "a"), child)[1];
        var shift = expectedMs * 1_000_000L;
        Assert.Equal((long)child.StartTimeUnixNano + shift, (long)shown.Span.StartTimeUnixNano);
        Assert.Equal((long)child.EndTimeUnixNano + shift, (long)shown.Span.EndTimeUnixNano);
        Assert.Equal((long)A.StartUnixNano + shift, (long)shown.Span.Events[0].TimeUnixNano);
        Assert.Equal(shift == 0 ? [] : [$"This span's timestamps were adjusted by {expectedMs}ms"], shown.Warnings);
    }

    [Fact]
    public void Everything_below_on_the_same_host_is_shifted_alike()
    {
        var spans = Adjust(3600, OnHost(A.Span(durationMs: 100), "a"), OnHost(A.Span(span: 2, parent: 1, startMs: -50, durationMs: 20), "b"), OnHost(A.Span(span: 3, parent: 2, startMs: -49, durationMs: 5), "b"));
        Assert.Equal(A.StartUnixNano + 41_000_000, spans[2].Span.StartTimeUnixNano);
    }

    [Fact]
    public void Without_a_bound_nothing_is_shifted_but_it_is_said()
    {
        var child = OnHost(A.Span(span: 2, parent: 1, startMs: -50, durationMs: 20), "b");
        var shown = Adjust(0, OnHost(A.Span(durationMs: 100), "a"), child)[1];
        Assert.Equal(child.StartTimeUnixNano, shown.Span.StartTimeUnixNano);
        Assert.Equal(["clock skew adjustment disabled; not applying calculated delta of 90ms"], shown.Warnings);
    }

    [Fact]
    public void Beyond_the_bound_nothing_is_shifted_but_it_is_said()
    {
        var shown = Adjust(1, OnHost(A.Span(durationMs: 100), "a"), OnHost(A.Span(span: 2, parent: 1, startMs: -5000, durationMs: 20), "b"))[1];
        Assert.Equal(["max clock skew adjustment delta of 1s exceeded; not applying calculated delta of 5.04s"], shown.Warnings);
    }

    [Fact]
    public void An_orphan_is_said_to_be_one()
    {
        var shown = Assert.Single(Adjust(0, A.Span(span: 2, parent: 77)));
        Assert.Equal([$"invalid parent span IDs={A.SpanId(77)}; skipping clock skew adjustment"], shown.Warnings);
    }

    [Fact]
    public void A_circle_and_a_very_long_chain_come_to_an_end()
    {
        Assert.Equal(2, Adjust(3600, A.Span(span: 1, parent: 2), A.Span(span: 2, parent: 1)).Count);
        var chain = Enumerable.Range(1, 50_000).Select(i => OnHost(A.Span(span: i, parent: i - 1, startMs: -i), i % 2 == 0 ? "a" : "b")).ToArray();
        var shown = Adjust(3600, chain);
        Assert.Equal(A.StartUnixNano - 1_000_000, shown[^1].Span.StartTimeUnixNano);
    }

    private static Span OnHost(Span span, string host) => span with
    {
        Resource = new Resource { Attributes = host.Length > 0 ? new AttributeList { { "service.name", "s" }, { "host.name", host } } : new AttributeList { { "service.name", "s" } } },
    };

    private static List<ShownSpan> Adjust(int maxSkewSeconds, params Span[] spans) =>
        new TraceAdjuster(Options.Create(new QueryOptions { MaxClockSkewAdjustment = TimeSpan.FromSeconds(maxSkewSeconds) })).Shape(new Trace(spans[0].TraceId, spans), isRaw: false).Spans;
}
