using Pipeline.Aggregator.Assemble;
using Pipeline.Aggregator.Decide;
using Pipeline.Aggregator.Emit;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;

namespace Pipeline.Aggregator.Tests.Assemble;

/// <summary>A shard with an input of its own: appends records, commits steps, and collects what was emitted.</summary>
internal sealed class ShardHarness : IDisposable
{
    public const long StartMs = 1_767_323_045_000;

    private readonly AggregatorOptions _options = new() { DecisionWait = TimeSpan.FromSeconds(10), DecisionWaitAfterRoot = TimeSpan.FromSeconds(2) };
    private readonly RecordFraming _framing = new();
    private readonly KeptTraceEncoder _encoder;
    private readonly TailSampler _sampler;
    private readonly AssemblyLimits _limits;
    private readonly List<LoggedDecision> _log = [];

    public ShardHarness(Action<AggregatorOptions>? configure = null, params RuleOptions[] rules)
    {
        configure?.Invoke(_options);
        _encoder = new KeptTraceEncoder(_framing);
        _sampler = TailSampler.From(rules);
        _limits = AssemblyLimits.From(_options);
        Budget = new MemoryBudget(_options.MemoryBytes);
        Shard = Create(ShardStart.At(0));
    }

    public TraceShard Shard { get; private set; }

    public MemoryBudget Budget { get; private set; }

    /// <summary>All pieces of committed steps.</summary>
    public List<KeptTrace> Emitted { get; } = [];

    /// <summary>The last committed step record.</summary>
    public StepRecord? LastStep { get; private set; }

    /// <summary>The records of the input, to be replayed.</summary>
    public List<(long Offset, long TimestampMs, byte[] Body)> Input { get; } = [];

    public IEnumerable<Span> EmittedSpans => Emitted.SelectMany(t => t.Spans);

    public static byte[] Encode(params Span[] spans)
    {
        using var set = new SpanSetWriter();
        foreach (var span in spans)
            set.Add(span);
        using var writer = new AvroWriter();
        SpanBatchRecord.Write(writer, "", set);
        return writer.Written.ToArray();
    }

    /// <summary>Appends a record at this many milliseconds after the start and applies it.</summary>
    public void Append(int atMs, params Span[] spans)
    {
        var record = (Offset: (long)Input.Count, StartMs + atMs, Encode(spans));
        Input.Add(record);
        Shard.Apply(record.Offset, record.Item2, record.Item3);
    }

    public void AdvanceTo(int atMs) => Shard.AdvanceTo(StartMs + atMs);

    /// <summary>Commits a step, as the transaction would.</summary>
    public void Commit()
    {
        if (!Shard.HasWork)
            return;
        Shard.CompleteOutput();
        foreach (var (_, value) in Shard.Output.Traces)
            Emitted.Add(KeptTraceReader.Read(_framing.Unframe(value, RecordSchema.KeptTrace)));
        LastStep = Shard.CreateStepRecord();
        _log.AddRange(LastStep.Decisions);
        Shard.OnCommitted();
    }

    /// <summary>The owner dies; another one takes over from what was committed, and replays the input.</summary>
    public void Crash()
    {
        Shard.Dispose();
        Budget = new MemoryBudget(_options.MemoryBytes);
        Shard = Create(LastStep is null
            ? ShardStart.At(0)
            : new ShardStart(LastStep.Position, LastStep.Watermark, LastStep.StreamTimeMs, LastStep.Ledger, [.. _log]));
        foreach (var (offset, timestamp, body) in Input.Where(r => r.Offset >= Shard.Position).ToList())
            Shard.Apply(offset, timestamp, body);
    }

    public void Dispose()
    {
        Shard.Dispose();
        _encoder.Dispose();
    }

    private TraceShard Create(ShardStart start) =>
        new(0, start, _limits, _sampler, new DecisionCache(TimeSpan.FromMinutes(10), 100_000), Budget, _encoder);
}
