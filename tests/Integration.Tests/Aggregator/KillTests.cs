using Microsoft.Extensions.Logging.Abstractions;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Messaging;
using Pipeline.Shared.Messaging.Kafka;
using Pipeline.Shared.Model;
using Pipeline.TestKit;
using Xunit;

namespace Pipeline.Integration.Tests.Aggregator;

/// <summary>Aggregators that are killed at random moments, on real Kafka: what they emit is what came in, each span once, each trace decided once.</summary>
public sealed class KillTests
{
    private const int PartitionCount = 6;
    private const int TraceCount = 400;

    [Theory]
    [InlineData(1)]
    public async Task Kill_9_at_random_moments_loses_splits_and_doubles_nothing(int seed)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var kafka = await KafkaService.StartAsync(1, cancellation);
        using var log = new KafkaLog(new KafkaOptions { BootstrapServers = kafka.BootstrapServers }, NullLogger<KafkaLog>.Instance);
        await log.CreateTopicsAsync(Topics.All(PartitionCount, TimeSpan.FromMinutes(10)), cancellation);
        var programs = new Dictionary<string, PipelineProgram> { ["a"] = StartAggregator(kafka, "a"), ["b"] = StartAggregator(kafka, "b") };
        try
        {
            var spans = Spans(seed);
            var sending = SendAsync(log, spans, seed);
            var random = new Random(seed);
            for (var kill = 0; kill < 4; kill++)
            {
                await Task.Delay(random.Next(1_500, 4_000), cancellation);
                var victim = random.Next(2) == 0 ? "a" : "b";
                await programs[victim].KillAsync();
                await programs[victim].DisposeAsync();
                programs[victim] = StartAggregator(kafka, victim);
            }

            await sending;
            await Eventually.HoldsAsync(() => Emitted(log).Sum(t => t.Spans.Count) >= spans.Count, "every span is emitted", TimeSpan.FromSeconds(90), cancellation);
            AssertSame(spans, Emitted(log));
            AssertDecidedOnce(log);
            AssertLedger(log, spans.Count);
        }
        finally
        {
            foreach (var program in programs.Values)
                await program.DisposeAsync();
        }
    }

    private static PipelineProgram StartAggregator(KafkaService kafka, string instance) => PipelineProgram.Start("Aggregator",
        "--set", "Kafka:BootstrapServers=" + kafka.BootstrapServers, "--set", $"Topics:PartitionCount={PartitionCount}", "--set", "Admin:Port=0", "--set", "Aggregator:InstanceId=" + instance,
        "--set", "Aggregator:SessionTimeout=00:00:06", "--set", "Aggregator:DecisionWait=00:00:03", "--set", "Aggregator:DecisionWaitAfterRoot=00:00:01",
        "--config", EmptyConfiguration());

    // The file beside the program has rules that drop; here everything is to be kept.
    private static string EmptyConfiguration()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "keep-everything.json");
        File.WriteAllText(path, "{}");
        return path;
    }

    private static List<Span> Spans(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(1, TraceCount).SelectMany(trace => Enumerable.Range(1, random.Next(2, 9)).Select(span => A.Span(trace, span, span == 1 ? 0 : 1, name: "op " + random.Next(9))))];
    }

    // Spans of a trace are spread over about a second and arrive in any order.
    private static async Task SendAsync(IRecordLog log, List<Span> spans, int seed)
    {
        var random = new Random(seed + 1);
        var ordered = spans.Select((span, i) => (span, At: i / (double)spans.Count * 15 + random.NextDouble())).OrderBy(s => s.At).Select(s => s.span).ToList();
        foreach (var batch in ordered.Chunk(20))
        {
            await log.PublishAsync(batch, PartitionCount);
            await Task.Delay(TimeSpan.FromSeconds(15.0 * 20 / spans.Count));
        }
    }

    private static IReadOnlyList<KeptTrace> Emitted(IRecordLog log) => log.ReadKeptTraces(PartitionCount);

    private static void AssertSame(List<Span> sent, IReadOnlyList<KeptTrace> emitted)
    {
        var expected = sent.OrderBy(s => s.TraceId).ThenBy(s => s.SpanId).Select(s => (s.TraceId, s.SpanId)).ToList();
        Assert.Equal(expected, emitted.SelectMany(t => t.Spans).OrderBy(s => s.TraceId).ThenBy(s => s.SpanId).Select(s => (s.TraceId, s.SpanId)));
        var byId = sent.ToDictionary(s => (s.TraceId, s.SpanId));
        Assert.All(emitted.SelectMany(t => t.Spans), s => Assert.Equal(byId[(s.TraceId, s.SpanId)], s));
    }

    private static void AssertDecidedOnce(IRecordLog log) =>
        Assert.All(Emitted(log).Where(t => !t.IsLate).GroupBy(t => t.TraceId), pieces => Assert.Single(pieces));

    private static void AssertLedger(IRecordLog log, int spanCount)
    {
        var last = log.ReadAll(Topics.Decisions, PartitionCount).GroupBy(r => r.Partition)
            .Select(p => StepRecord.Read(new RecordFraming().Unframe(p.MaxBy(r => r.Offset)!.Value, RecordSchema.StepRecord)).Ledger).ToList();
        Assert.Equal(spanCount, last.Sum(l => l["consumed"]));
        Assert.Equal(spanCount, last.Sum(l => l["kept"]));
        Assert.Equal(0, last.Sum(l => l["duplicate"] + l["dropped"]));
    }
}
