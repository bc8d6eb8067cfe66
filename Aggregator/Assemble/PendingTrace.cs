using System.Buffers;
using Pipeline.Aggregator.Decide;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;

namespace Pipeline.Aggregator.Assemble;

/// <summary>An undecided trace: the encoded spans seen so far, and what rules want to know of them. Dispose gives its memory back.</summary>
internal sealed class PendingTrace(TraceId traceId, string tenant, long firstOffset, long dueMs) : IDisposable
{
    private const int ScanLimit = 16;

    private readonly List<PendingSpan> _spans = [];
    private Dictionary<(SpanId, SpanKind, int), int>? _indexByContent;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(1024);
    private int _used;
    private ulong _minStart = ulong.MaxValue;
    private ulong _maxEnd;
    private ulong _headThreshold;
    private bool _hasError;

    public TraceId TraceId => traceId;

    public string Tenant => tenant;

    /// <summary>The offset of the record that brought its first span: the partition's watermark cannot pass it.</summary>
    public long FirstOffset => firstOffset;

    /// <summary>Stream time at which it is to be decided.</summary>
    public long DueMs { get; set; } = dueMs;

    /// <summary>Why then.</summary>
    public DecisionReason DueReason { get; set; } = DecisionReason.DecisionWaitElapsed;

    /// <summary>Stream time of its last span so far.</summary>
    public long LastSpanMs { get; private set; }

    public IReadOnlyList<PendingSpan> Spans => _spans;

    /// <summary>What it takes in memory, about.</summary>
    public long MemoryBytes => _buffer.Length + _spans.Capacity * 136L + 400;

    public TraceFacts Facts => new(traceId, _hasError, _maxEnd > _minStart ? _maxEnd - _minStart : 0, _headThreshold);

    public ReadOnlySpan<byte> BodyOf(in PendingSpan span) => _buffer.AsSpan(span.Start, span.Length);

    /// <summary>Adds a span; false when it is an exact duplicate of one that is there already (same span id, kind and bytes).</summary>
    public bool TryAdd(EncodedResource resource, byte[] scope, in SpanHead head, ReadOnlySpan<byte> body, long streamTimeMs)
    {
        LastSpanMs = streamTimeMs;
        if (IsDuplicate(head, body))
            return false;
        EnsureRoom(body.Length);
        body.CopyTo(_buffer.AsSpan(_used));
        _spans.Add(new PendingSpan(resource, scope, _used, body.Length, head));
        _used += body.Length;
        Index(head, body);
        _minStart = Math.Min(_minStart, head.StartTimeUnixNano);
        _maxEnd = Math.Max(_maxEnd, head.EndTimeUnixNano);
        _hasError |= head.StatusCode == SpanStatusCode.Error;
        _headThreshold = Math.Max(_headThreshold, head.SamplingThreshold ?? 0);
        return true;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _spans.Clear();
    }

    private bool IsDuplicate(in SpanHead head, ReadOnlySpan<byte> body)
    {
        if (_indexByContent is not null)
            return _indexByContent.TryGetValue(ContentKey(head, body), out var index) && BodyOf(_spans[index]).SequenceEqual(body);
        foreach (var span in _spans)
            if (span.Head.SpanId == head.SpanId && span.Head.Kind == head.Kind && BodyOf(span).SequenceEqual(body))
                return true;
        return false;
    }

    // Small traces are scanned; beyond that an index is built once and kept up. Its hash is seeded per process, so ids cannot be chosen to collide.
    private void Index(in SpanHead head, ReadOnlySpan<byte> body)
    {
        if (_spans.Count < ScanLimit)
            return;
        if (_indexByContent is not null)
        {
            _indexByContent[ContentKey(head, body)] = _spans.Count - 1;
            return;
        }

        _indexByContent = [];
        for (var i = 0; i < _spans.Count; i++)
            _indexByContent[ContentKey(_spans[i].Head, BodyOf(_spans[i]))] = i;
    }

    private static (SpanId, SpanKind, int) ContentKey(in SpanHead head, ReadOnlySpan<byte> body)
    {
        var hash = default(HashCode);
        hash.AddBytes(body);
        return (head.SpanId, head.Kind, hash.ToHashCode());
    }

    private void EnsureRoom(int count)
    {
        if (_buffer.Length - _used >= count)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(checked(_used + Math.Max(count, _used / 4)));
        _buffer.AsSpan(0, _used).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
