using Pipeline.Shared.Model;
using Pipeline.Shared.Storage;
using Xunit;

namespace Pipeline.TestKit.Storage;

/// <summary>What a search must find.</summary>
public abstract partial class TraceStoreConformance
{
    private static TraceQuery Everything => new() { StartMin = At(-3_600_000), StartMax = At(3_600_000), Limit = 100 };

    [Fact]
    public async Task Traces_are_found_by_service_and_operation_of_one_span()
    {
        await WriteAsync(
            KeptTraces.Of(A.Span(trace: 1, service: "a", name: "x"), A.Span(trace: 1, span: 2, service: "b", name: "y")),
            KeptTraces.Of(A.Span(trace: 2, service: "a", name: "y")));

        await AssertFoundAsync(Everything with { Service = "a" }, 1, 2);
        await AssertFoundAsync(Everything with { Service = "b" }, 1);
        await AssertFoundAsync(Everything with { Service = "a", Operation = "y" }, 2);
        await AssertFoundAsync(Everything with { Operation = "y" }, 1, 2);
        await AssertFoundAsync(Everything with { Service = "A" });
        await AssertFoundAsync(Everything with { Service = "b", Operation = "x" });
    }

    [Fact]
    public async Task A_found_trace_is_whole()
    {
        await WriteAsync(KeptTraces.Of(1, A.Span(service: "a"), A.Span(span: 2, service: "b", startMs: 50_000)));
        await WriteAsync(KeptTraces.Late(2, A.Span(span: 3, service: "c")));

        var trace = Assert.Single(await Reader.FindTracesAsync(Everything with { Service = "a", StartMax = At(10) }, Cancellation));

        Assert.Equal(3, trace.Spans.Count);
    }

    [Fact]
    public async Task Traces_come_newest_first_and_no_more_than_the_limit()
    {
        await WriteAsync([.. Enumerable.Range(1, 30).Select(i => KeptTraces.Of(A.Span(trace: i, startMs: i * 37 % 31 * 100)))]);

        var all = await Reader.FindTracesAsync(Everything, Cancellation);
        var some = await Reader.FindTracesAsync(Everything with { Limit = 7, Service = "checkout" }, Cancellation);

        Assert.Equal(30, all.Count);
        Assert.Equal(all.OrderByDescending(t => t.Spans[0].StartTimeUnixNano).Select(t => t.TraceId), all.Select(t => t.TraceId));
        Assert.Equal(all.Take(7).Select(t => t.TraceId), some.Select(t => t.TraceId));
    }

    [Fact]
    public async Task The_newest_is_decided_by_matching_spans_alone()
    {
        await WriteAsync(
            KeptTraces.Of(A.Span(trace: 1, service: "a", startMs: 10), A.Span(trace: 1, span: 2, service: "b", startMs: 900)),
            KeptTraces.Of(A.Span(trace: 2, service: "a", startMs: 20)));

        await AssertFoundAsync(Everything with { Service = "a", Limit = 1 }, 2);
        await AssertFoundAsync(Everything with { Limit = 1 }, 1);
        await AssertFoundAsync(Everything with { Limit = 1, StartMax = At(500) }, 2);
    }

    [Fact]
    public async Task The_window_holds_its_ends()
    {
        await WriteAsync(KeptTraces.Of(A.Span(trace: 1, startMs: 100)), KeptTraces.Of(A.Span(trace: 2, startMs: 200)));

        await AssertFoundAsync(Everything with { StartMin = At(100), StartMax = At(100) }, 1);
        await AssertFoundAsync(Everything with { StartMin = At(100), StartMax = At(200) }, 1, 2);
        await AssertFoundAsync(Everything with { StartMin = At(101), StartMax = At(199) });
        await AssertFoundAsync(Everything with { StartMin = At(100).AddTicks(1), StartMax = At(200).AddTicks(-1) });
    }

    [Fact]
    public async Task Traces_are_found_by_duration()
    {
        await WriteAsync(KeptTraces.Of(A.Span(trace: 1, durationMs: 10)), KeptTraces.Of(A.Span(trace: 2, durationMs: 100)), KeptTraces.Of(A.Span(trace: 3, durationMs: 1000)));

        await AssertFoundAsync(Everything with { DurationMin = TimeSpan.FromMilliseconds(100) }, 2, 3);
        await AssertFoundAsync(Everything with { DurationMax = TimeSpan.FromMilliseconds(100) }, 1, 2);
        await AssertFoundAsync(Everything with { Service = "checkout", DurationMin = TimeSpan.FromMilliseconds(11), DurationMax = TimeSpan.FromMilliseconds(999) }, 2);
        await AssertFoundAsync(Everything with { DurationMin = TimeSpan.FromMilliseconds(1000) + TimeSpan.FromTicks(1) });
    }

    [Theory]
    [InlineData("http.method", "GET")]
    [InlineData("http.status_code", "200")]
    [InlineData("retry", "true")]
    [InlineData("ratio", "0.5")]
    [InlineData("whole", "3")]
    [InlineData("big", "1E+300")]
    [InlineData("list", "[a,1]")]
    [InlineData("bytes", "AAH+/w==")]
    [InlineData("empty", "")]
    [InlineData("a@b", "c")]
    [InlineData("odd", "quotes \" and \\ and * and ? and .* (x) [y] {z}")]
    [InlineData("host.name", "h-1")]
    [InlineData("off.list", "resource value")]
    [InlineData("exception.type", "Oops")]
    [InlineData("event", "exception")]
    [InlineData("span.kind", "producer")]
    [InlineData("otel.status_code", "ERROR")]
    [InlineData("otel.scope.name", "lib")]
    [InlineData("otel.scope.version", "9")]
    [InlineData("error", "true")]
    public async Task A_trace_is_found_by_tag(string key, string value)
    {
        await WriteAsync(KeptTraces.Of(Tagged(1)), KeptTraces.Of(A.Span(trace: 2)));

        await AssertFoundAsync(Everything with { Tags = new Dictionary<string, string> { [key] = value } }, 1);
        await AssertFoundAsync(Everything with { Service = "tagged", Operation = "op", Tags = new Dictionary<string, string> { [key] = value } }, 1);
        await AssertFoundAsync(Everything with { Tags = new Dictionary<string, string> { [key] = value + "x" } });
        await AssertFoundAsync(Everything with { Service = "checkout", Tags = new Dictionary<string, string> { [key] = value } });
    }

    [Fact]
    public async Task A_trace_is_found_by_a_long_value()
    {
        await WriteAsync(KeptTraces.Of(A.Span() with { Attributes = new AttributeList { { "sql", new string('q', 9000) + "1" } } }));

        await AssertFoundAsync(Everything with { Tags = new Dictionary<string, string> { ["sql"] = new string('q', 9000) + "1" } }, 1);
        await AssertFoundAsync(Everything with { Tags = new Dictionary<string, string> { ["sql"] = new string('q', 9000) + "2" } });
    }

    [Fact]
    public async Task All_tags_must_be_on_the_same_span()
    {
        await WriteAsync(
            KeptTraces.Of(With(1, 1, "a", "1"), With(1, 2, "b", "2")),
            KeptTraces.Of(A.Span(trace: 2) with { Attributes = new AttributeList { { "a", "1" }, { "b", "2" } } }));

        await AssertFoundAsync(Everything with { Tags = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" } }, 2);
        await AssertFoundAsync(Everything with { Tags = new Dictionary<string, string> { ["a"] = "1" } }, 1, 2);
    }

    [Fact]
    public async Task Error_false_means_a_span_without_error()
    {
        await WriteAsync(KeptTraces.Of(A.Span(trace: 1).WithError()), KeptTraces.Of(A.Span(trace: 2)), KeptTraces.Of(A.Span(trace: 3).WithError(), A.Span(trace: 3, span: 2)),
            KeptTraces.Of(With(4, 1, "error", "true")));

        await AssertFoundAsync(Everything with { Tags = new Dictionary<string, string> { ["error"] = "false" } }, 2, 3);
        await AssertFoundAsync(Everything with { Tags = new Dictionary<string, string> { ["error"] = "true" } }, 1, 3, 4);
    }

    [Fact]
    public async Task A_summary_says_what_the_trace_is()
    {
        await WriteAsync(KeptTraces.Of(1,
            A.Span(span: 2, parent: 1, service: "b", startMs: 5, durationMs: 100).WithError(),
            A.Span(span: 1, service: "a", name: "root", durationMs: 20)));
        await WriteAsync(KeptTraces.Late(2, A.Span(span: 3, parent: 1, service: "b", startMs: 1)));

        var summary = Assert.Single(await Reader.FindSummariesAsync(Everything with { Service = "b" }, Cancellation));

        Assert.Equal(("a", "root"), (summary.RootService, summary.RootOperation));
        Assert.Equal((A.StartUnixNano, A.StartUnixNano + 105_000_000), (summary.StartTimeUnixNano, summary.EndTimeUnixNano));
        Assert.Equal((3, 1), (summary.SpanCount, summary.ErrorCount));
        Assert.Equal([new("a", 1), new("b", 2)], summary.Services);
        Assert.Equal(("keep-all", "root_arrived", 1.0), (summary.Rule, summary.Reason, summary.Probability));
    }

    [Fact]
    public async Task A_summary_of_a_trace_without_root_leaves_the_root_empty()
    {
        await WriteAsync(KeptTraces.Of(A.Span(parent: 9)));

        var summary = Assert.Single(await Reader.FindSummariesAsync(Everything, Cancellation));

        Assert.Equal(("", ""), (summary.RootService, summary.RootOperation));
    }

    /// <summary>Any search gives what going through all spans gives.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_search_agrees_with_looking_at_every_span(int seed)
    {
        var random = new Random(seed);
        var spans = Enumerable.Range(0, 240).Select(i => RandomSpan(random, i)).ToList();
        await WriteAsync([.. spans.Chunk(4).SelectMany((chunk, i) => chunk.GroupBy(s => s.TraceId).Select(g => KeptTraces.Of(i, [.. g])))]);

        for (var i = 0; i < 40; i++)
        {
            var query = RandomQuery(random);
            var match = new SpanMatch(query);
            var expected = spans.GroupBy(s => s.TraceId).Select(g => (g.Key, Start: match.LatestStart([.. g]))).Where(t => t.Start is not null)
                .OrderByDescending(t => t.Start).ThenBy(t => t.Key).Take(query.Limit).Select(t => t.Key);

            var found = await Reader.FindTracesAsync(query, Cancellation);

            Assert.Equal(expected, found.Select(t => t.TraceId));
            Assert.All(found, t => Assert.Equal(spans.Count(s => s.TraceId == t.TraceId), t.Spans.Count));
        }
    }

    private static Span RandomSpan(Random random, int i) => A.Span(
        trace: random.Next(40), span: i, service: "s" + random.Next(3), name: "op" + random.Next(4), startMs: random.Next(2000), durationMs: random.Next(50)) with
    {
        Attributes = new AttributeList { { "k" + random.Next(2), AttributeValue.From((long)random.Next(3)) } },
        Status = random.Next(5) == 0 ? new SpanStatus(SpanStatusCode.Error, "") : SpanStatus.Unset,
    };

    private static TraceQuery RandomQuery(Random random)
    {
        var tags = new Dictionary<string, string>();
        if (random.Next(2) == 0)
            tags["k" + random.Next(2)] = "" + random.Next(3);
        if (random.Next(4) == 0)
            tags["error"] = random.Next(2) == 0 ? "true" : "false";
        var start = random.Next(1500);
        return new TraceQuery
        {
            Service = random.Next(3) == 0 ? null : "s" + random.Next(3),
            Operation = random.Next(2) == 0 ? null : "op" + random.Next(4),
            Tags = tags,
            StartMin = At(start),
            StartMax = At(start + random.Next(1000)),
            DurationMin = random.Next(3) == 0 ? TimeSpan.FromMilliseconds(random.Next(50)) : null,
            DurationMax = random.Next(4) == 0 ? TimeSpan.FromMilliseconds(random.Next(50)) : null,
            Limit = 1 + random.Next(12),
        };
    }

    private static Span With(int trace, int span, string key, string value) => A.Span(trace, span) with { Attributes = new AttributeList { { key, value } } };

    private static Span Tagged(int trace) => A.Span(trace, name: "op", kind: SpanKind.Producer).WithError() with
    {
        Attributes = new AttributeList
        {
            { "http.method", "GET" },
            { "http.status_code", AttributeValue.From(200L) },
            { "retry", AttributeValue.From(true) },
            { "ratio", AttributeValue.From(0.5) },
            { "whole", AttributeValue.From(3.0) },
            { "big", AttributeValue.From(1e300) },
            { "list", AttributeValue.From([AttributeValue.From("a"), AttributeValue.From(1L)]) },
            { "bytes", AttributeValue.From(new byte[] { 0, 1, 254, 255 }) },
            { "empty", "" },
            { "a@b", "c" },
            { "odd", "quotes \" and \\ and * and ? and .* (x) [y] {z}" },
        },
        Events = [new SpanEvent { TimeUnixNano = A.StartUnixNano, Name = "exception", Attributes = new AttributeList { { "exception.type", "Oops" } } }],
        Resource = new Resource { Attributes = new AttributeList { { "service.name", "tagged" }, { "host.name", "h-1" }, { "off.list", "resource value" } } },
        Scope = new InstrumentationScope { Name = "lib", Version = "9" },
    };

    private async Task AssertFoundAsync(TraceQuery query, params int[] traces)
    {
        var found = await Reader.FindTracesAsync(query, Cancellation);
        Assert.Equal(traces.Select(A.TraceId).Order(), found.Select(t => t.TraceId).Order());
        var summaries = await Reader.FindSummariesAsync(query, Cancellation);
        Assert.Equal(found.Select(t => t.TraceId), summaries.Select(s => s.TraceId));
    }
}
