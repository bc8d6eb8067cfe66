using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;
using Pipeline.TestKit;
using Pipeline.TestKit.Storage;

namespace Pipeline.Shared.Tests.Encoding;

/// <summary>The records whose bytes are kept in <c>golden</c>. Their content may never change; a new field gets a record of its own.</summary>
internal static class GoldenRecords
{
    public static IReadOnlyList<Span> Smallest { get; } = [new Span { TraceId = new TraceId(0, 1), SpanId = new SpanId(2) }];

    public static IReadOnlyList<Span> Full { get; } = [RichSpans.Full(), RichSpans.Full(1, 2) with { ParentSpanId = default, SamplingThreshold = null, StartTimeUnixNano = ulong.MaxValue, EndTimeUnixNano = 1UL << 63 }];

    public static IReadOnlyList<Span> Several { get; } =
    [
        A.Span(1, 1, service: "frontend"),
        A.Span(1, 2, parent: 1, service: "frontend", kind: SpanKind.Client),
        A.Span(1, 3, parent: 2, service: "checkout"),
        A.Span(2, 4, service: "checkout", kind: SpanKind.Producer),
        A.Span(3, 5, service: "worker", kind: SpanKind.Consumer).WithError(),
    ];

    public static KeptTrace Kept { get; } = new()
    {
        TraceId = A.TraceId(1),
        Tenant = "acme",
        Rule = "errors",
        Reason = "root_arrived",
        Threshold = 0xfd70a000000000,
        DecidedAtMs = 1_767_323_055_000,
        SourceOffset = 123_456_789_012,
        Piece = 1,
        Spans = [.. Several.Take(3)],
    };

    public static KeptTrace Late { get; } = new() { TraceId = A.TraceId(1), IsLate = true, Spans = [A.Span(1, 9)] };

    public static StepRecord Step { get; } = new()
    {
        Position = 1_000_000,
        Watermark = 999_000,
        StreamTimeMs = 1_767_323_045_000,
        Ledger = new Dictionary<string, long> { ["consumed"] = 5_000_000_000, ["kept"] = 4 },
        SamplerState = new byte[] { 0, 1, 255 },
        Decisions =
        [
            new LoggedDecision(A.TraceId(1), true, "errors", "root_arrived", 0, 1_767_323_044_000),
            new LoggedDecision(A.TraceId(2), false, "", "", null, 1_767_323_044_500),
        ],
    };

    public static EdgeDeltas Deltas { get; } = new(1_767_322_800_000, [new(new EdgeKey("frontend", "checkout", "", ""), Counts()), new(new EdgeKey("checkout", "postgres", "database", "server"), Counts())])
    {
        Producers = [new LinkEnd(A.TraceId(1), A.SpanId(1), "checkout", A.StartUnixNano, 0.25, false, 2)],
        Consumers = [new LinkEnd(A.TraceId(2), A.SpanId(4), "worker", ulong.MaxValue, 0.5, true, 1)],
    };

    public static EdgeTotals Totals { get; } = new(new EdgeKey("checkout", "worker", "messaging_system", ""), Counts(), new SortedDictionary<long, double> { [1_767_319_200_000] = 0.5, [1_767_322_800_000] = 12 });

    private static EdgeCounts Counts()
    {
        var counts = new EdgeCounts { Calls = 12.5, Failed = 2, LastSpanTimeMs = 1_767_323_045_000 };
        counts.ClientSeconds.Observe(0.1, 1);
        counts.ClientSeconds.Observe(20, 3.5);
        counts.ServerSeconds.Observe(0.3, 8);
        return counts;
    }
}
