using Pipeline.Shared.Encoding;

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
    public IReadOnlyList<IngestedSpan> Spans => _spans;

    public AvroWriter Writer => _writer;

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

    /// <summary>What was written since <paramref name="start"/> is a span's body.</summary>
    public void EndSpan(Shared.Model.TraceId traceId, int resource, int scope, int start) =>
        _spans.Add(new IngestedSpan(traceId, resource, scope, start, _writer.Length - start));

    public void Reject(RejectionReason reason, int count = 1)
    {
        if (RejectedCount == 0)
            FirstRejection = reason;
        RejectedCount += count;
        _rejectedByReason[(int)reason] += count;
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

    private int End(List<Range> table, int start)
    {
        table.Add(start.._writer.Length);
        return table.Count - 1;
    }
}
