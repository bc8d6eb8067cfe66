using Pipeline.Aggregator.Assemble;
using Pipeline.Aggregator.Emit.ServiceEdges;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;
using Pipeline.Shared.Sampling;
using Pipeline.TestKit;
using Xunit;

namespace Pipeline.Aggregator.Tests.Emit;

public sealed class EdgeResolverTests
{
    [Fact]
    public void A_server_span_whose_parent_belongs_to_another_service_is_a_call() =>
        AssertEdges([("frontend", "cart", "", 1, 0), ("user", "frontend", "virtual_node", 1, 0)],
            A.Span(span: 1, service: "frontend"),
            A.Span(span: 2, parent: 1, service: "frontend", kind: SpanKind.Internal),
            A.Span(span: 3, parent: 2, service: "frontend", kind: SpanKind.Client),
            A.Span(span: 4, parent: 3, service: "cart"));

    [Fact]
    public void A_call_fails_when_either_side_has_status_error() =>
        AssertEdges([("frontend", "cart", "", 2, 2)],
            A.Span(span: 3, parent: 99, service: "frontend", kind: SpanKind.Client).WithError(),
            A.Span(span: 4, parent: 3, service: "cart"),
            A.Span(span: 5, parent: 99, service: "frontend", kind: SpanKind.Client),
            A.Span(span: 6, parent: 5, service: "cart").WithError());

    [Fact]
    public void A_client_span_that_nobody_answers_calls_a_database_or_an_external_peer() =>
        AssertEdges([("cart", "redis", "database", 1, 1), ("cart", "api.bank.example", "virtual_node", 1, 0)],
            Client(1, ("db.system", "redis")).WithError(),
            Client(2, ("server.address", "api.bank.example")),
            Client(3, ("unrelated", "x")));

    [Theory]
    [InlineData("peer.service", "server.address")]
    [InlineData("server.address", "network.peer.address")]
    [InlineData("network.peer.address", "db.namespace")]
    [InlineData("db.namespace", "db.name")]
    [InlineData("db.name", "db.system.name")]
    [InlineData("db.system.name", "db.system")]
    public void The_peers_name_is_taken_in_the_order_of_precedence(string first, string second)
    {
        AssertEdges([("cart", "right", "database", 1, 0)], Client(1, (second, "wrong"), (first, "right"), ("db.system", "s")));
    }

    [Fact]
    public void A_consumer_below_a_producer_is_a_message() =>
        AssertEdges([("checkout", "billing", "messaging_system", 1, 0)],
            A.Span(span: 1, parent: 9, service: "checkout", kind: SpanKind.Producer),
            A.Span(span: 2, parent: 1, service: "billing", kind: SpanKind.Consumer));

    [Fact]
    public void A_consumer_that_links_to_a_producer_of_its_trace_is_a_message_counted_once() =>
        AssertEdges([("checkout", "billing", "messaging_system", 1, 0)],
            A.Span(span: 1, parent: 9, service: "checkout", kind: SpanKind.Producer),
            A.Span(span: 2, parent: 1, service: "billing", kind: SpanKind.Consumer) with { Links = [new SpanLink { TraceId = A.TraceId(1), SpanId = A.SpanId(1) }] });

    [Fact]
    public void Links_to_other_traces_leave_ends_that_meet_in_one_edge_partition()
    {
        var edges = new EdgeAccumulator();
        Resolve(edges, A.Span(trace: 1, span: 1, parent: 9, service: "checkout", kind: SpanKind.Producer).WithError());
        Resolve(edges, A.Span(trace: 2, span: 2, parent: 9, service: "billing", kind: SpanKind.Consumer) with
        {
            Links = [new SpanLink { TraceId = A.TraceId(1), SpanId = A.SpanId(1) }, new SpanLink { TraceId = A.TraceId(3), SpanId = A.SpanId(1) }],
        });
        var deltas = edges.Partition(6).ToList();
        var producer = deltas.SelectMany(d => d.Value.Producers.Select(p => (d.Key, End: p))).Single();
        var consumers = deltas.SelectMany(d => d.Value.Consumers.Select(c => (d.Key, End: c))).ToList();
        Assert.Equal(2, consumers.Count);
        Assert.Equal(producer.Key, consumers.Single(c => c.End.LinkedTraceId == A.TraceId(1)).Key);
        Assert.Equal(("checkout", true), (producer.End.Service, producer.End.Failed));
    }

    [Fact]
    public void Calls_are_weighted_by_head_sampling()
    {
        var threshold = SamplingThreshold.FromProbability(0.25);
        AssertEdges([("frontend", "cart", "", 4, 0)],
            A.Span(span: 3, parent: 99, service: "frontend", kind: SpanKind.Client) with { SamplingThreshold = threshold },
            A.Span(span: 4, parent: 3, service: "cart") with { SamplingThreshold = threshold });
    }

    [Fact]
    public void A_span_without_kind_in_another_service_is_a_call_too() =>
        AssertEdges([("a", "b", "", 1, 0)],
            A.Span(span: 1, parent: 99, service: "a", kind: SpanKind.Unspecified), A.Span(span: 2, parent: 1, service: "b", kind: SpanKind.Unspecified));

    [Fact]
    public void A_clock_that_is_days_ahead_does_not_make_hours_of_its_own()
    {
        var edges = new EdgeAccumulator();
        Resolve(edges, A.Span(span: 1) with { StartTimeUnixNano = A.StartUnixNano * 2 });
        Assert.Equal(Hour(A.StartUnixNano), edges.Partition(6).Single().Value.HourMs);
    }

    [Fact]
    public void Latencies_are_those_of_both_sides_and_of_the_queue()
    {
        var edges = new EdgeAccumulator();
        Resolve(edges,
            A.Span(span: 1, parent: 9, service: "checkout", kind: SpanKind.Producer, startMs: 0, durationMs: 100),
            A.Span(span: 2, parent: 1, service: "billing", kind: SpanKind.Consumer, startMs: 400, durationMs: 1_000));
        var counts = edges.Partition(6).SelectMany(d => d.Value.Series).Single().Value;
        Assert.Equal((0.1, 1.0, 0.3), (counts.ClientSeconds.Sum, counts.ServerSeconds.Sum, Math.Round(counts.MessagingSeconds.Sum, 9)));
    }

    private static long Hour(ulong nano) => (long)(nano / 1_000_000) / 3_600_000 * 3_600_000;

    private static Span Client(int id, params (string Key, string Value)[] attributes)
    {
        var list = new AttributeList();
        foreach (var (key, value) in attributes)
            list.Add(key, value);
        return A.Span(span: id, parent: 99, service: "cart", kind: SpanKind.Client) with { Attributes = list };
    }

    private static void AssertEdges((string Client, string Server, string Type, double Calls, double Failed)[] expected, params Span[] spans)
    {
        var edges = new EdgeAccumulator();
        Resolve(edges, spans);
        var actual = edges.Partition(6).SelectMany(d => d.Value.Series)
            .Select(s => (s.Key.Client, s.Key.Server, s.Key.ConnectionType, s.Value.Calls, s.Value.Failed));
        Assert.Equal(expected.Order(), actual.Order());
    }

    private static void Resolve(EdgeAccumulator edges, params Span[] spans)
    {
        using var trace = new PendingTrace(spans[0].TraceId, "", 0, 0);
        using var writer = new AvroWriter();
        foreach (var span in spans)
        {
            writer.Truncate();
            ModelEncoder.WriteResource(writer, span.Resource);
            var resource = new EncodedResource(writer.Written.ToArray());
            writer.Truncate();
            ModelEncoder.WriteSpanBody(writer, span);
            var reader = new AvroReader(writer.Written);
            Assert.True(trace.TryAdd(resource, [], SpanHead.Read(ref reader), writer.Written, 0));
        }

        new EdgeResolver().Resolve(trace, (long)(A.StartUnixNano / 1_000_000), edges);
    }
}
