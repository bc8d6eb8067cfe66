using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>Renders pieces of traces into bulk items: spans, and beside them definitions, services and a summary.</summary>
internal sealed class PieceRenderer(IndexNames names, TagKeys keys) : IDisposable
{
    // Start times further from the decision than this come from clocks that are wrong: they would make indices of days that nobody looks at.
    private static readonly long MaxPastMs = (long)TimeSpan.FromDays(7).TotalMilliseconds;
    private static readonly long MaxFutureMs = (long)TimeSpan.FromHours(1).TotalMilliseconds;

    private readonly SpanDocumentWriter _documents = new(keys);
    private readonly Definitions _definitions = new();
    private readonly AvroWriter _body = new(2048);

    public WrittenKeys Written { get; } = new();

    /// <summary>The index of a span: that of its own start, or of the decision where the start cannot be right.</summary>
    public string IndexOf(KeptTrace trace, Span span) => names.Of(names.Spans, IndexTimeOf(trace, span));

    /// <summary>Adds a span and what must be there for it to be read and listed.</summary>
    public void AddSpan(BulkRequestWriter request, KeptTrace trace, int traceIndex, int spanIndex, bool isPlain)
    {
        var span = trace.Spans[spanIndex];
        var index = IndexOf(trace, span);
        var resource = _definitions.Of(span.Resource);
        var scope = _definitions.Of(span.Scope);
        var scopeId = Fidelity.IsLossy(span.Scope) ? "s" + TagToken.Of(scope.Hash) : null;
        AddDefinition(request, index, resource.Id, resource.Encoded, resource.Pairs);
        if (scopeId is not null)
            AddDefinition(request, index, scopeId, scope.Encoded, []);
        AddService(request, index, span);
        _body.Truncate();
        ModelEncoder.WriteSpanBody(_body, span);
        var id = DocumentId.OfSpan(span, SpanIdentity.Of(_body.Written, resource.Hash, scope.Hash));
        var json = request.BeginCreate(index, id);
        _documents.Write(json, new SpanDocument(span, index, resource, scopeId, _body.Written.ToArray(), isPlain));
        request.End(index, traceIndex, spanIndex);
    }

    /// <summary>Adds the summary of a piece.</summary>
    public void AddSummary(BulkRequestWriter request, KeptTrace trace)
    {
        var first = trace.Spans.MinBy(s => s.StartTimeUnixNano)!;
        var index = names.Of(names.Summaries, IndexTimeOf(trace, first));
        SummaryDocument.Write(request.BeginCreate(index, DocumentId.OfSummary(trace.TraceId, trace.SourceOffset)), trace);
        request.End(index);
    }

    public void Dispose()
    {
        _definitions.Dispose();
        _body.Dispose();
    }

    private static long IndexTimeOf(KeptTrace trace, Span span)
    {
        var start = (long)(span.StartTimeUnixNano / 1_000_000);
        var isWrong = trace.DecidedAtMs > 0 && (start < trace.DecidedAtMs - MaxPastMs || start > trace.DecidedAtMs + MaxFutureMs);
        return isWrong ? trace.DecidedAtMs : start;
    }

    private void AddDefinition(BulkRequestWriter request, string spanIndex, string id, byte[] encoded, IReadOnlyCollection<ulong> pairs)
    {
        var index = IndexNames.Sibling(spanIndex, names.Spans, names.Definitions);
        var key = index + "/" + id;
        if (!Written.Begin(key))
            return;
        var json = request.BeginCreate(index, id);
        json.WriteStartObject();
        json.WriteBase64String("avro"u8, encoded);
        json.WriteStartArray("pairs"u8);
        foreach (var pair in pairs)
            json.WriteStringValue(TagToken.Of(pair));
        json.WriteEndArray();
        json.WriteEndObject();
        request.End(index, key: key);
    }

    private void AddService(BulkRequestWriter request, string spanIndex, Span span)
    {
        var index = IndexNames.Sibling(spanIndex, names.Spans, names.Services);
        var service = span.Resource.ServiceName;
        var kind = SpanTags.NameOf(span.Kind) ?? "unspecified";
        var id = TagToken.Of(ContentHash.Join(ContentHash.OfPair(service, span.Name), (ulong)span.Kind));
        var key = index + "/" + id;
        if (!Written.Begin(key))
            return;
        var json = request.BeginCreate(index, id);
        json.WriteStartObject();
        json.WriteString("serviceName"u8, service);
        json.WriteString("operationName"u8, span.Name);
        json.WriteString("spanKind"u8, kind);
        json.WriteEndObject();
        request.End(index, key: key);
    }
}
