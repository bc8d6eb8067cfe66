using Pipeline.Collector.Receive;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Messaging;

namespace Pipeline.Collector.Publish;

/// <summary>
/// A record of one tenant and partition that is still open: requests in flight at the same time add their spans to it. Once sealed it stands for those requests
/// towards the log. Guarded by the publisher until it is sealed.
/// </summary>
internal sealed class OpenRecord(string tenant, TopicPartition partition) : IAppendObserver, IDisposable
{
    private readonly SpanSetWriter _spans = new();
    private readonly List<PendingRequest> _requests = [];
    private byte[] _key = [];

    public TopicPartition Partition => partition;

    public string Tenant => tenant;

    public byte[] Key => _key;

    public int SpanCount => _spans.SpanCount;

    public int LengthBytes => _spans.LengthBytes;

    /// <summary>Called once, off the publisher's lock, when the log has answered.</summary>
    public Action<OpenRecord, AppendResult>? Answered { get; set; }

    public void Add(PendingRequest request, IngestBatch batch, in IngestedSpan span)
    {
        if (_spans.SpanCount == 0)
            _key = span.TraceId.ToByteArray();
        if (_requests.Count == 0 || !ReferenceEquals(_requests[^1], request))
        {
            _requests.Add(request);
            request.AddRecord();
        }

        _spans.Add(_spans.IndexOfResource(batch.Resource(span.Resource)), _spans.IndexOfScope(batch.Scope(span.Scope)), batch.Body(span));
    }

    /// <summary>The record's bytes, framing included; the spans are given up.</summary>
    public byte[] Seal(AvroWriter writer, RecordFraming framing)
    {
        writer.Truncate();
        framing.WritePrefix(writer, RecordSchema.SpanBatch);
        SpanBatchRecord.Write(writer, tenant, _spans);
        return writer.Written.ToArray();
    }

    public void Complete(PublishResult result)
    {
        foreach (var request in _requests)
            request.OnDone(result);
        _requests.Clear();
    }

    void IAppendObserver.OnAppended(in AppendResult result) => Answered!(this, result);

    public void Dispose() => _spans.Dispose();
}
