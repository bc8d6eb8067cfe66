using FsCheck;
using FsCheck.Fluent;
using Pipeline.Shared.Encoding;
using Pipeline.TestKit;

namespace Pipeline.Shared.Tests.Encoding;

/// <summary>Generators of the records that are not spans.</summary>
public static class ArbitraryRecords
{
    private static readonly Gen<long> AnyLong = ArbitrarySpans.Bits.Select(bits => (long)bits);

    // Finite and not negative, as sums of weights are; zero means that nothing was observed.
    private static readonly Gen<double> AnyWeight = Gen.OneOf(Gen.Elements(1.0, 0.1, 1e300, 1.0 / 3), Gen.Choose(1, int.MaxValue).Select(n => n / 1000.0));

    private static readonly Gen<LoggedDecision> AnyDecision =
        from traceId in ArbitrarySpans.TraceId().Generator
        from isKept in Gen.Elements(true, false)
        from rule in ArbitrarySpans.Texts
        from reason in ArbitrarySpans.Texts
        from threshold in ArbitrarySpans.Thresholds
        from time in AnyLong
        select new LoggedDecision(traceId, isKept, rule, reason, threshold, time);

    private static readonly Gen<LatencyCounts> AnyLatency = ArbitrarySpans.UpTo(5, AnyWeight.Zip(AnyWeight)).Select(observed =>
    {
        var latency = new LatencyCounts();
        foreach (var (seconds, weight) in observed)
            latency.Observe(seconds, weight);
        return latency;
    });

    private static readonly Gen<EdgeKey> AnyKey =
        from client in ArbitrarySpans.Texts
        from server in ArbitrarySpans.Texts
        from type in ArbitrarySpans.Texts
        from node in ArbitrarySpans.Texts
        select new EdgeKey(client, server, type, node);

    private static readonly Gen<EdgeCounts> AnyCounts =
        from calls in AnyWeight
        from failed in Gen.OneOf(Gen.Constant(0.0), AnyWeight)
        from client in AnyLatency
        from server in AnyLatency
        from messaging in AnyLatency
        from time in AnyLong
        select Counts(calls, failed, client, server, messaging, time);

    private static readonly Gen<LinkEnd> AnyLinkEnd =
        from traceId in ArbitrarySpans.TraceId().Generator
        from spanId in ArbitrarySpans.SpanId().Generator
        from service in ArbitrarySpans.Texts
        from time in ArbitrarySpans.Bits
        from seconds in AnyWeight
        from failed in Gen.Elements(true, false)
        from weight in AnyWeight
        select new LinkEnd(traceId, spanId, service, time, seconds, failed, weight);

    /// <summary>Step records.</summary>
    public static Arbitrary<StepRecord> Step() => Arb.From(
        from position in AnyLong
        from watermark in AnyLong
        from time in AnyLong
        from names in ArbitrarySpans.UpTo(5, ArbitrarySpans.Texts)
        from totals in AnyLong.ArrayOf(5)
        from state in ArbitrarySpans.UpTo(80, Gen.Choose(0, 255))
        from decisions in ArbitrarySpans.UpTo(70, AnyDecision)
        select new StepRecord
        {
            Position = position,
            Watermark = watermark,
            StreamTimeMs = time,
            Ledger = names.Distinct().Select((name, i) => (name, i)).ToDictionary(n => n.name, n => totals[n.i]),
            SamplerState = Array.ConvertAll(state, b => (byte)b),
            Decisions = decisions,
        });

    /// <summary>Edge deltas.</summary>
    public static Arbitrary<EdgeDeltas> Deltas() => Arb.From(
        from hour in AnyLong
        from series in ArbitrarySpans.UpTo(4, AnyKey.Zip(AnyCounts))
        from producers in ArbitrarySpans.UpTo(3, AnyLinkEnd)
        from consumers in ArbitrarySpans.UpTo(3, AnyLinkEnd)
        select new EdgeDeltas(hour, [.. series.Select(s => KeyValuePair.Create(s.Item1, s.Item2))]) { Producers = producers, Consumers = consumers });

    /// <summary>Edge totals.</summary>
    public static Arbitrary<EdgeTotals> Totals() => Arb.From(
        from key in AnyKey
        from counts in AnyCounts
        from hours in ArbitrarySpans.UpTo(EdgeTotals.MaxHours, AnyLong)
        from calls in AnyWeight
        select new EdgeTotals(key, counts, new SortedDictionary<long, double>(hours.Distinct().ToDictionary(h => h, h => calls + h % 7))));

    /// <summary>Pieces of kept traces.</summary>
    public static Arbitrary<KeptTrace> Kept() => Arb.From(
        from traceId in ArbitrarySpans.TraceId().Generator
        from texts in ArbitrarySpans.Texts.ArrayOf(3)
        from isLate in Gen.Elements(true, false)
        from threshold in ArbitrarySpans.Thresholds
        from times in AnyLong.ArrayOf(2)
        from piece in Gen.Elements(0, 1, 63, 64, int.MaxValue)
        from spans in ArbitrarySpans.Spans().Generator
        select new KeptTrace
        {
            TraceId = traceId,
            Tenant = texts[0],
            IsLate = isLate,
            Rule = texts[1],
            Reason = texts[2],
            Threshold = threshold,
            DecidedAtMs = times[0],
            SourceOffset = times[1],
            Piece = piece,
            Spans = [.. spans.Select(s => s with { TraceId = traceId })],
        });

    private static EdgeCounts Counts(double calls, double failed, LatencyCounts client, LatencyCounts server, LatencyCounts messaging, long time)
    {
        var counts = new EdgeCounts { Calls = calls, Failed = failed, LastSpanTimeMs = time };
        counts.ClientSeconds.Add(client);
        counts.ServerSeconds.Add(server);
        counts.MessagingSeconds.Add(messaging);
        return counts;
    }
}
