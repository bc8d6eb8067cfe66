using Pipeline.Collector.Receive;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Messaging;

namespace Pipeline.Collector.Publish;

/// <summary>
/// A record of one tenant and partition that is still open: requests in flight at the same time add their spans to it. Once sealed it stands for those requests
/// towards the log, and is used again when the log has answered. One owner at a time: the open records (under their lock), the sender, the log.
/// </summary>
internal sealed class OpenRecord(RecordSender sender) : IAppendObserver, IDisposable
{
    private readonly List<PendingRequest> _requests = [];
    private readonly SpanSetWriter _spans = new();
    private IngestBatch? _batch;
    private int _batchResource;
    private int _batchScope;
    private int _resource;
    private int _scope;

    public string Tenant { get; private set; } = "";

    public TopicPartition Partition { get; private set; }

    /// <summary>Trace id of the first span.</summary>
    public byte[] Key { get; private set; } = [];

    public int SpanCount { get; private set; }

    public int LengthBytes => _spans.LengthBytes;

    /// <summary>How many bytes the record had when it was sealed.</summary>
    public int SealedBytes { get; private set; }

    /// <summary>The producer that has it in hand.</summary>
    public IRecordProducer? Producer { get; set; }

    public void Open(string tenant, TopicPartition partition) => (Tenant, Partition, SpanCount) = (tenant, partition, 0);

    /// <summary>Adds a span of a request; false, and nothing is added, when the record has no room for it.</summary>
    public bool TryAdd(PendingRequest request, IngestBatch batch, in IngestedSpan span, int maxBytes)
    {
        var isNewRequest = !ReferenceEquals(_batch, batch);
        var isNewScope = isNewRequest || span.Scope != _batchScope || span.Resource != _batchResource;
        if (isNewScope && SpanCount > 0 && _spans.LengthBytes + span.Length + batch.Resource(span.Resource).Length + batch.Scope(span.Scope).Length > maxBytes)
            return false;
        if (SpanCount > 0 && _spans.LengthBytes + span.Length > maxBytes)
            return false;
        if (isNewRequest)
        {
            _batch = batch;
            _requests.Add(request);
            request.AddRecord();
        }

        if (isNewScope)
        {
            // Spans of one scope follow one another, so each is looked up once per request and record.
            (_batchResource, _batchScope) = (span.Resource, span.Scope);
            (_resource, _scope) = (_spans.IndexOfResource(batch.Resource(span.Resource)), _spans.IndexOfScope(batch.Scope(span.Scope)));
        }

        if (SpanCount++ == 0)
            Key = span.TraceId.ToByteArray();
        _spans.Add(_resource, _scope, batch.Body(span));
        return true;
    }

    /// <summary>No more spans of the present request will come; its batch may be used for another.</summary>
    public void EndRequest() => _batch = null;

    /// <summary>The record's bytes, framing included; the spans are given up.</summary>
    public byte[] Seal(AvroWriter head, RecordFraming framing)
    {
        head.Truncate();
        framing.WritePrefix(head, RecordSchema.SpanBatch);
        var value = SpanBatchRecord.ToArray(head, Tenant, _spans);
        _spans.Clear();
        SealedBytes = value.Length;
        return value;
    }

    /// <summary>Tells the requests.</summary>
    public void Complete(PublishResult result)
    {
        foreach (var request in _requests)
            request.OnDone(result);
        _requests.Clear();
        Key = [];
    }

    public void Dispose() => _spans.Dispose();

    void IAppendObserver.OnAppended(in AppendResult result) => sender.OnAnswered(this, result);
}
