namespace Pipeline.Collector.Receive.Otlp;

/// <summary>
/// Transcodes an ExportTraceServiceRequest (opentelemetry-proto, trace.proto) to Avro in one pass, without building objects: each message is walked for its
/// fields, and its parts are written in the order of our schema. Spans that are not valid are rejected one by one; a body that cannot be decoded throws
/// <see cref="MalformedRequestException"/>, one with too many spans <see cref="RequestTooLargeException"/>. For one request at a time; after an exception it is
/// not to be used again.
/// </summary>
internal sealed class OtlpTranscoder
{
    private static readonly uint ResourceSpansTag = ProtobufReader.BytesTag(1);
    private static readonly uint OwnerTag = ProtobufReader.BytesTag(1);
    private static readonly uint ItemsTag = ProtobufReader.BytesTag(2);
    private static readonly uint SchemaUrlTag = ProtobufReader.BytesTag(3);

    private readonly CollectorOptions _options;
    private readonly OtlpSpanTranscoder _spans;
    private readonly OtlpResourceTranscoder _resources;

    public OtlpTranscoder(CollectorOptions options)
    {
        var attributes = new OtlpAttributes(options);
        (_options, _spans, _resources) = (options, new OtlpSpanTranscoder(attributes), new OtlpResourceTranscoder(attributes));
    }

    /// <summary>Transcodes a whole body into a batch.</summary>
    public void Transcode(ReadOnlySpan<byte> body, IngestBatch batch)
    {
        var fields = new ProtobufReader(body);
        while (fields.Next())
            if (fields.Tag == ResourceSpansTag)
                TranscodeResourceSpans(fields.Bytes, batch);
    }

    // ResourceSpans and ScopeSpans are laid out alike: 1 the resource or scope, 2 what belongs to it, 3 its schema URL.
    private static void ReadOwner(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> owner, out ReadOnlySpan<byte> schemaUrl)
    {
        owner = [];
        schemaUrl = [];
        var owners = 0;
        var fields = new ProtobufReader(message);
        while (fields.Next())
        {
            if (fields.Tag == SchemaUrlTag)
                schemaUrl = fields.Bytes;
            if (fields.Tag != OwnerTag)
                continue;
            owner = fields.Bytes;
            owners++;
        }

        if (owners > 1)
            owner = RepeatedMessage.Concatenate(message, OwnerTag);
    }

    private void TranscodeResourceSpans(ReadOnlySpan<byte> resourceSpans, IngestBatch batch)
    {
        ReadOwner(resourceSpans, out var resource, out var schemaUrl);
        var start = batch.Writer.Length;
        var reason = _resources.WriteResource(resource, schemaUrl, batch.Writer);
        var index = End(reason, start, batch, isScope: false);
        var fields = new ProtobufReader(resourceSpans);
        while (fields.Next())
            if (fields.Tag == ItemsTag)
                TranscodeScopeSpans(fields.Bytes, index, reason, batch);
    }

    private void TranscodeScopeSpans(ReadOnlySpan<byte> scopeSpans, int resource, RejectionReason reason, IngestBatch batch)
    {
        ReadOwner(scopeSpans, out var scope, out var schemaUrl);
        var start = batch.Writer.Length;
        if (reason == RejectionReason.None)
            reason = _resources.WriteScope(scope, schemaUrl, batch.Writer);
        var index = End(reason, start, batch, isScope: true);
        var fields = new ProtobufReader(scopeSpans);
        while (fields.Next())
            if (fields.Tag == ItemsTag)
                TranscodeSpan(fields.Bytes, resource, index, reason, batch);
    }

    private void TranscodeSpan(ReadOnlySpan<byte> span, int resource, int scope, RejectionReason reason, IngestBatch batch)
    {
        batch.CheckSpanCount(_options);
        if (reason != RejectionReason.None)
        {
            batch.Reject(reason);
            return;
        }

        var start = batch.Writer.Length;
        reason = _spans.WriteSpan(span, batch.Writer, out var traceId);
        batch.EndSpan(reason, traceId, resource, scope, start, _options);
    }

    private static int End(RejectionReason reason, int start, IngestBatch batch, bool isScope)
    {
        if (reason == RejectionReason.None)
            return isScope ? batch.EndScope(start) : batch.EndResource(start);
        batch.Writer.Truncate(start);
        return -1;
    }
}
