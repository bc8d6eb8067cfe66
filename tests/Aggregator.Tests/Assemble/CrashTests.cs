using Pipeline.Shared.Model;
using Pipeline.TestKit;
using Xunit;

namespace Pipeline.Aggregator.Tests.Assemble;

/// <summary>A shard that crashes at any moment and is taken over from its last committed step emits what one that never crashed does.</summary>
public sealed class CrashTests
{
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Crashes_change_no_decision_and_lose_or_double_no_span(int seed)
    {
        var script = Script.Random(seed);
        using var calm = Run(script, crashes: false);
        using var stormy = Run(script, crashes: true);

        Assert.Equal(Summary(calm), Summary(stormy));
        Assert.Equal(calm.Shard.Ledger.ToTotals(), stormy.Shard.Ledger.ToTotals());
        Assert.Equal(script.SpanCount, stormy.Shard.Ledger.Consumed);
        Assert.Equal(stormy.Shard.Ledger.Consumed, stormy.Shard.Ledger.Kept + stormy.Shard.Ledger.Dropped + stormy.Shard.Ledger.Duplicate);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_ledger_balances_at_every_step(int seed)
    {
        var script = Script.Random(seed);
        using var harness = NewHarness();
        var random = new Random(seed);
        foreach (var (atMs, spans) in script.Records)
        {
            harness.Append(atMs, spans);
            if (random.Next(4) == 0)
                harness.Commit();
            if (random.Next(6) == 0)
                harness.Crash();
            var ledger = harness.Shard.Ledger;
            Assert.Equal(ledger.Consumed, ledger.Kept + ledger.Dropped + ledger.Duplicate + harness.Shard.PendingSpanCount);
        }
    }

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 60)];

    private static ShardHarness NewHarness() => new(null,
        new RuleOptions { Name = "errors", Type = RuleType.Error },
        new RuleOptions { Name = "slow", Type = RuleType.Latency, Threshold = TimeSpan.FromSeconds(1) },
        new RuleOptions { Name = "some", Type = RuleType.Probability, Probability = 0.3 });

    private static ShardHarness Run(Script script, bool crashes)
    {
        var harness = NewHarness();
        var random = new Random(script.Seed);
        foreach (var (atMs, spans) in script.Records)
        {
            harness.Append(atMs, spans);
            // The same moments for both, so that only the crashes differ.
            if (random.Next(3) == 0)
                harness.Commit();
            if (random.Next(5) == 0 && crashes)
                harness.Crash();
        }

        harness.AdvanceTo(60 * 60_000);
        harness.Commit();
        return harness;
    }

    // A span's verdict and its copies; the pieces may be cut differently.
    private static List<(TraceId, SpanId, string, string, bool)> Summary(ShardHarness harness) =>
        [.. harness.Emitted.SelectMany(t => t.Spans.Select(s => (s.TraceId, s.SpanId, t.Rule, t.Reason, t.IsLate))).Order()];

    private sealed record Script(int Seed, IReadOnlyList<(int AtMs, Span[] Spans)> Records)
    {
        public int SpanCount => Records.Sum(r => r.Spans.Length);

        public static Script Random(int seed)
        {
            var random = new Random(seed);
            var records = new List<(int, Span[])>();
            var atMs = 0;
            for (var i = 0; i < 60; i++)
            {
                atMs += random.Next(1_500);
                records.Add((atMs, [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => RandomSpan(random, i))]));
            }

            return new Script(seed, records);
        }

        private static Span RandomSpan(Random random, int step)
        {
            var id = random.Next(1, 9);
            var span = A.Span(trace: Math.Max(1, step / 4 - random.Next(12)), span: id, parent: id == 1 ? 0 : 1, durationMs: random.Next(20) == 0 ? 1_500 : 10);
            return random.Next(15) == 0 ? span.WithError() : span;
        }
    }
}
