using Pipeline.Aggregator.Decide;
using Pipeline.Aggregator.Emit;
using Pipeline.Aggregator.Emit.ServiceEdges;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;

namespace Pipeline.Aggregator.Assemble;

/// <summary>
/// The traces of one partition: assembles spans by trace id, decides what is due in stream time, and follows decisions with late spans. Its answers depend on the
/// partition's records and on nothing else, so that replay decides as live traffic did. Single owner, no locks, no I/O.
/// </summary>
internal sealed class TraceShard : IDisposable
{
    private const int InternCapacity = 4096;

    private readonly AssemblyLimits _limits;
    private readonly TailSampler _sampler;
    private readonly MemoryBudget _budget;
    private readonly KeptTraceEncoder _encoder;
    private readonly DecisionCache _decisions;
    private readonly Dictionary<TraceId, PendingTrace> _pending = [];
    private readonly Queue<PendingTrace> _byFirstOffset = new();
    private readonly DecisionWaitQueue _waits = new();
    private readonly LateSpans _late = new();
    private readonly EdgeResolver _edges = new();
    private readonly InternTable<EncodedResource> _resources = new(InternCapacity, bytes => new EncodedResource(bytes), resource => resource.Bytes);
    private readonly InternTable<byte[]> _scopes = new(InternCapacity, bytes => bytes, bytes => bytes);
    private readonly SpanSet _spans = new();
    private readonly HashSet<TraceId> _decidedInReplay = [];
    private long _replayEnd;
    // The newest record's time. Waits count from it and not from stream time, which the clock moves while the partition is idle: a replay sees the same.
    private long _recordTimeMs;
    private bool _hasWork;

    public TraceShard(int partition, ShardStart start, AssemblyLimits limits, TailSampler sampler, DecisionCache decisions, MemoryBudget budget, KeptTraceEncoder encoder)
    {
        (Partition, _limits, _sampler, _decisions, _budget, _encoder) = (partition, limits, sampler, decisions, budget, encoder);
        Position = start.Watermark;
        CommittedWatermark = start.Watermark;
        StreamTimeMs = start.StreamTimeMs;
        Ledger = ShardLedger.From(start.Ledger);
        _replayEnd = start.Position;
        foreach (var decision in start.Decisions)
            _decisions.Remember(decision);
    }

    public int Partition { get; }

    /// <summary>Every input below this offset is in the state.</summary>
    public long Position { get; private set; }

    /// <summary>Stream time, in milliseconds since the Unix epoch; never goes back.</summary>
    public long StreamTimeMs { get; private set; }

    public ShardLedger Ledger { get; }

    /// <summary>What waits for the next step.</summary>
    public StepOutput Output { get; } = new();

    public int PendingTraceCount => _pending.Count;

    public long PendingSpanCount { get; private set; }

    public int RememberedDecisionCount => _decisions.Count;

    public long ForgottenEarlyCount => _decisions.ForgottenEarlyCount;

    /// <summary>The watermark of the last committed step.</summary>
    public long CommittedWatermark { get; private set; }

    /// <summary>True while the replay of what the previous owner had read goes on.</summary>
    public bool IsReplaying => Position < _replayEnd;

    /// <summary>True when the next step has something to write for this partition.</summary>
    public bool HasWork => !IsReplaying && (_hasWork || Watermark != CommittedWatermark);

    /// <summary>The smallest offset of any span of an undecided trace, or the position where there is none.</summary>
    public long Watermark
    {
        get
        {
            while (_byFirstOffset.TryPeek(out var oldest) && !IsPending(oldest))
                _byFirstOffset.Dequeue();
            return _byFirstOffset.TryPeek(out var first) ? first.FirstOffset : Position;
        }
    }

    /// <summary>Applies one record: first what falls due before it, then its spans. Throws <see cref="EncodingException"/> with nothing applied.</summary>
    public void Apply(long offset, long timestampMs, ReadOnlySpan<byte> body)
    {
        var tenant = SpanBatchRecord.Read(body, _spans);
        CheckSpans(body);
        OnRecordTime(offset, timestampMs);
        foreach (var span in _spans.Spans)
            Apply(offset, tenant, span, body);
        Position = offset + 1;
        if (_budget.IsExceeded)
            RelieveMemory();
    }

    /// <summary>Passes over a record that could not be read; it goes to the dead letters.</summary>
    public void PassOver(UnreadableRecord record)
    {
        OnRecordTime(record.Record.Offset, record.Record.TimestampMs);
        if (record.Record.Offset >= _replayEnd)
        {
            Output.AddDeadLetter(record);
            Ledger.DeadLetteredRecords++;
            _hasWork = true;
        }

        Position = record.Record.Offset + 1;
    }

    /// <summary>Goes on at a later offset, because retention has taken away what was before it.</summary>
    public void SkipLost(long offset)
    {
        Ledger.LostOffsets += offset - Position;
        Position = offset;
        _hasWork = true;
    }

    /// <summary>Reading stands at the end of the partition: there is nothing below this offset that has not been applied.</summary>
    public void OnEndOfPartition(long offset)
    {
        Position = Math.Max(Position, offset);
        _replayEnd = Math.Min(_replayEnd, Position);
    }

    /// <summary>Moves stream time on and decides what falls due by then.</summary>
    public void AdvanceTo(long streamTimeMs)
    {
        StreamTimeMs = Math.Max(StreamTimeMs, streamTimeMs);
        while (_waits.TryTakeDue(StreamTimeMs, IsPending, out var trace))
            Decide(trace, trace.DueReason);
        _decisions.Expire(StreamTimeMs);
    }

    /// <summary>Decides everything that is open.</summary>
    public void DecideAll(DecisionReason reason)
    {
        foreach (var trace in _pending.Values.OrderBy(t => t.FirstOffset).ToList())
            Decide(trace, reason);
    }

    /// <summary>Encodes the late spans gathered since the last step; to be called before <see cref="Output"/> is read for a step.</summary>
    public void CompleteOutput()
    {
        _late.EmitTo(Output, _encoder);
    }

    /// <summary>What this partition's step record says.</summary>
    public StepRecord CreateStepRecord() => new()
    {
        Position = Position,
        Watermark = Watermark,
        StreamTimeMs = StreamTimeMs,
        Ledger = Ledger.ToTotals(),
        Decisions = [.. Output.Decisions, .. Output.Renewals],
    };

    /// <summary>The step that held <see cref="Output"/> is committed.</summary>
    public void OnCommitted()
    {
        CommittedWatermark = Watermark;
        Output.Clear();
        _hasWork = false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var trace in _pending.Values)
        {
            _budget.Remove(trace.MemoryBytes);
            trace.Dispose();
        }

        _pending.Clear();
        _late.Dispose();
    }

    // What the previous owner found due by its last step is decided. The rest waits for the end of the replay, however short the waits have become meanwhile.
    private void OnRecordTime(long offset, long timestampMs)
    {
        _recordTimeMs = Math.Max(_recordTimeMs, timestampMs);
        if (offset >= _replayEnd)
            AdvanceTo(_recordTimeMs);
    }

    private bool IsPending(PendingTrace trace) => _pending.TryGetValue(trace.TraceId, out var current) && ReferenceEquals(current, trace);

    // Bodies are opened only where edges are resolved, long after the record is gone: what would fail there must fail here.
    private void CheckSpans(ReadOnlySpan<byte> body)
    {
        foreach (var span in _spans.Spans)
        {
            var reader = new AvroReader(body[span.Body]);
            SpanHead.Read(ref reader);
            AvroSkip.SpanTail(ref reader);
            if (!reader.IsAtEnd)
                throw reader.Malformed("there is more after the span");
        }
    }

    private void Apply(long offset, string tenant, in EncodedSpan span, ReadOnlySpan<byte> body)
    {
        var isReplayed = offset < _replayEnd;
        if (!isReplayed)
            Ledger.Consumed++;
        var resource = _resources.Get(body[_spans.Resources[span.ResourceIndex]]);
        var scope = _scopes.Get(body[_spans.Scopes[span.ScopeIndex]]);
        if (!_decisions.TryGet(span.Head.TraceId, out var decision))
            Assemble(offset, tenant, span, resource, scope, body[span.Body], isReplayed);
        else if (!isReplayed || _decidedInReplay.Contains(span.Head.TraceId))
            Follow(decision, offset, tenant, resource, scope, body[span.Body]);
    }

    private void Assemble(long offset, string tenant, in EncodedSpan span, EncodedResource resource, byte[] scope, ReadOnlySpan<byte> spanBody, bool isReplayed)
    {
        if (!_pending.TryGetValue(span.Head.TraceId, out var trace))
            trace = Open(offset, tenant, span.Head.TraceId);
        var before = trace.MemoryBytes;
        if (!trace.TryAdd(resource, scope, span.Head, spanBody, _recordTimeMs))
        {
            Ledger.Duplicate += isReplayed ? 0 : 1;
            _hasWork |= !isReplayed;
            return;
        }

        PendingSpanCount++;
        _budget.Add(trace.MemoryBytes - before);
        if (span.Head.ParentSpanId.IsEmpty)
            Hasten(trace, _recordTimeMs + _limits.DecisionWaitAfterRootMs, DecisionReason.RootArrived);
        if (trace.Spans.Count >= _limits.MaxSpansPerTrace)
            Decide(trace, DecisionReason.SpanLimitReached);
        else if (trace.MemoryBytes >= _limits.MaxBytesPerTrace)
            Decide(trace, DecisionReason.ByteLimitReached);
    }

    private PendingTrace Open(long offset, string tenant, TraceId traceId)
    {
        var trace = new PendingTrace(traceId, tenant, offset, _recordTimeMs + _limits.DecisionWaitMs);
        _pending.Add(traceId, trace);
        _byFirstOffset.Enqueue(trace);
        _waits.Enter(trace);
        _budget.Add(trace.MemoryBytes);
        return trace;
    }

    private void Hasten(PendingTrace trace, long dueMs, DecisionReason reason)
    {
        if (dueMs >= trace.DueMs)
            return;
        trace.DueMs = dueMs;
        trace.DueReason = reason;
        _waits.Enter(trace);
    }

    private void Decide(PendingTrace trace, DecisionReason reason)
    {
        _edges.Resolve(trace, StreamTimeMs, Output.Edges);
        var decision = _sampler.Decide(trace.Facts);
        var count = trace.Spans.Count;
        if (decision.IsKept)
            Ledger.Kept += count;
        else
            Ledger.Dropped += count;
        var logged = new LoggedDecision(trace.TraceId, decision.IsKept, decision.Rule, decision.IsKept ? reason.Name() : "",
            decision.IsKept ? decision.Threshold : null, trace.LastSpanMs);
        if (decision.IsKept)
            _encoder.Encode(trace, logged, StreamTimeMs, Output);
        Output.Decisions.Add(logged);
        _decisions.Remember(logged);
        if (IsReplaying)
            _decidedInReplay.Add(trace.TraceId);
        Close(trace);
        _hasWork = true;
    }

    private void Close(PendingTrace trace)
    {
        _pending.Remove(trace.TraceId);
        PendingSpanCount -= trace.Spans.Count;
        _budget.Remove(trace.MemoryBytes);
        trace.Dispose();
    }

    // A late span: it goes where its trace went, and the trace is remembered for another horizon, in the log too.
    private void Follow(in LoggedDecision decision, long offset, string tenant, EncodedResource resource, byte[] scope, ReadOnlySpan<byte> spanBody)
    {
        var renewed = decision with { LastSpanTimeMs = _recordTimeMs };
        if (renewed.LastSpanTimeMs > decision.LastSpanTimeMs)
        {
            _decisions.Remember(renewed);
            Output.Renewals.Add(renewed);
        }

        if (decision.IsKept)
        {
            _late.Add(decision, tenant, StreamTimeMs, offset, resource, scope, spanBody);
            Ledger.Kept++;
            Ledger.LateKept++;
        }
        else
        {
            Ledger.Dropped++;
            Ledger.LateDropped++;
        }

        _hasWork = true;
    }

    private void RelieveMemory()
    {
        foreach (var trace in _pending.Values.OrderByDescending(t => t.MemoryBytes).ToList())
        {
            if (_budget.IsRelieved)
                return;
            Decide(trace, DecisionReason.MemoryPressure);
        }
    }
}
