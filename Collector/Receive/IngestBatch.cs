using System.Runtime.InteropServices;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;

namespace Pipeline.Collector.Receive;

/// <summary>
/// One request on its way from wire to log: the accepted spans, transcoded to Avro, and what was rejected. Used again for later requests, so that a warm collector
/// allocates nothing per span. One owner at a time.
/// </summary>
internal sealed class IngestBatch : IDisposable
{
    private readonly AvroWriter _writer = new(64 * 1024);
    private readonly List<Range> _resources = [];
    private readonly List<Range> _scopes = [];
    private readonly List<IngestedSpan> _spans = [];
    private readonly int[] _rejectedByReason = new int[Enum.GetValues<RejectionReason>().Length];

    /// <summary>The accepted spans.</summary>
    public ReadOnlySpan<IngestedSpan> Spans => CollectionsMarshal.AsSpan(_spans);

    public AvroWriter Writer => _writer;

    public int SpanCount => _spans.Count;

    public int RejectedCount { get; private set; }

    public RejectionReason FirstRejection { get; private set; }

    /// <summary>Spans of the request, accepted and rejected.</summary>
    public int ReceivedCount => _spans.Count + RejectedCount;

    /// <summary>Bytes that the request takes while it waits for the log.</summary>
    public int LengthBytes => _writer.Length;

    public int RejectedFor(RejectionReason reason) => _rejectedByReason[(int)reason];

    public ReadOnlySpan<byte> Resource(int index) => _writer.Written[_resources[index]];

    public ReadOnlySpan<byte> Scope(int index) => _writer.Written[_scopes[index]];

    public ReadOnlySpan<byte> Body(in IngestedSpan span) => _writer.Written.Slice(span.Start, span.Length);

    /// <summary>What was written since <paramref name="start"/> is a resource; returns its index.</summary>
    public int EndResource(int start) => End(_resources, start);

    /// <summary>What was written since <paramref name="start"/> is a scope; returns its index.</summary>
    public int EndScope(int start) => End(_scopes, start);

    /// <summary>Throws <see cref="RequestTooLargeException"/> when the request has as many spans as it may have already.</summary>
    public void CheckSpanCount(CollectorOptions options)
    {
        if (ReceivedCount >= options.MaxSpansPerRequest)
            throw new RequestTooLargeException($"The request has more than {options.MaxSpansPerRequest} spans (Collector:MaxSpansPerRequest).");
    }

    /// <summary>
    /// What was written since <paramref name="start"/> is a span's body, or part of one that is not accepted for this reason. A span that fits into no record together with
    /// its resource and scope is rejected, too.
    /// </summary>
    public void EndSpan(RejectionReason reason, TraceId traceId, int resource, int scope, int start, CollectorOptions options)
    {
        if (reason == RejectionReason.None && _writer.Length - start + Length(_resources[resource]) + Length(_scopes[scope]) > options.MaxRecordBytes)
            reason = RejectionReason.SpanTooLarge;
        if (reason == RejectionReason.None)
        {
            _spans.Add(new IngestedSpan(traceId, resource, scope, start, _writer.Length - start));
            return;
        }

        _writer.Truncate(start);
        Reject(reason);
    }

    public void Reject(RejectionReason reason)
    {
        if (RejectedCount == 0)
            FirstRejection = reason;
        RejectedCount++;
        _rejectedByReason[(int)reason]++;
    }

    public void Clear()
    {
        _writer.Truncate();
        _resources.Clear();
        _scopes.Clear();
        _spans.Clear();
        Array.Clear(_rejectedByReason);
        (RejectedCount, FirstRejection) = (0, RejectionReason.None);
    }

    public void Dispose() => _writer.Dispose();

    private static int Length(Range range) => range.End.Value - range.Start.Value;

    private int End(List<Range> table, int start)
    {
        table.Add(start.._writer.Length);
        return table.Count - 1;
    }
}
