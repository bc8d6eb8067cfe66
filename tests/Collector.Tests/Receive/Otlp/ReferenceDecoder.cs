using Pipeline.Collector.Tests.Protos;
using Pipeline.Shared.Model;
using Pipeline.Shared.Sampling;
using OtlpResource = Pipeline.Collector.Tests.Protos.Resource;
using OtlpSpan = Pipeline.Collector.Tests.Protos.Span;

namespace Pipeline.Collector.Tests.Receive.Otlp;

/// <summary>The slow and obvious way: Google.Protobuf's objects to the model.</summary>
internal static class ReferenceDecoder
{
    public static List<Shared.Model.Span> Decode(ExportTraceServiceRequest request) => [.. request.ResourceSpans.SelectMany(r =>
    {
        var resource = Map(r.Resource ?? new OtlpResource(), r.SchemaUrl);
        return r.ScopeSpans.SelectMany(s =>
        {
            var scope = Map(s.Scope ?? new Protos.InstrumentationScope(), s.SchemaUrl);
            return s.Spans.Where(IsValid).Select(span => Map(span) with { Resource = resource, Scope = scope });
        });
    })];

    private static bool IsValid(OtlpSpan span) => IsId(span.TraceId, 16) && IsId(span.SpanId, 8) && span.ParentSpanId.Length is 0 or 8
        && span.Links.All(l => l.TraceId.Length == 16 && l.SpanId.Length == 8);

    private static bool IsId(Google.Protobuf.ByteString id, int length) => id.Length == length && id.Any(b => b != 0);

    private static Shared.Model.Resource Map(OtlpResource resource, string schemaUrl) => new()
    {
        Attributes = Map(resource.Attributes), DroppedAttributesCount = resource.DroppedAttributesCount, SchemaUrl = schemaUrl,
        EntityReferences = [.. resource.EntityRefs.Select(e => new EntityReference { SchemaUrl = e.SchemaUrl, Type = e.Type, IdKeys = [.. e.IdKeys], DescriptionKeys = [.. e.DescriptionKeys] })],
    };

    private static Shared.Model.InstrumentationScope Map(Protos.InstrumentationScope scope, string schemaUrl) => new()
    {
        Name = scope.Name, Version = scope.Version, Attributes = Map(scope.Attributes), DroppedAttributesCount = scope.DroppedAttributesCount, SchemaUrl = schemaUrl,
    };

    private static Shared.Model.Span Map(OtlpSpan span) => new()
    {
        TraceId = TraceId.Read(span.TraceId.Span), SpanId = SpanId.Read(span.SpanId.Span), ParentSpanId = span.ParentSpanId.IsEmpty ? default : SpanId.Read(span.ParentSpanId.Span),
        TraceState = span.TraceState, Flags = span.Flags, Name = span.Name, Kind = span.Kind <= 5 ? (SpanKind)span.Kind : SpanKind.Unspecified,
        StartTimeUnixNano = span.StartTimeUnixNano, EndTimeUnixNano = span.EndTimeUnixNano, Attributes = Map(span.Attributes), DroppedAttributesCount = span.DroppedAttributesCount,
        Events = [.. span.Events.Select(e => new SpanEvent { TimeUnixNano = e.TimeUnixNano, Name = e.Name, Attributes = Map(e.Attributes), DroppedAttributesCount = e.DroppedAttributesCount })],
        DroppedEventsCount = span.DroppedEventsCount,
        Links = [.. span.Links.Select(l => new SpanLink { TraceId = TraceId.Read(l.TraceId.Span), SpanId = SpanId.Read(l.SpanId.Span), TraceState = l.TraceState, Flags = l.Flags, Attributes = Map(l.Attributes), DroppedAttributesCount = l.DroppedAttributesCount })],
        DroppedLinksCount = span.DroppedLinksCount,
        Status = span.Status is { } status ? new SpanStatus(status.Code <= 2 ? (SpanStatusCode)status.Code : SpanStatusCode.Unset, status.Message) : SpanStatus.Unset,
        SamplingThreshold = OtelTraceState.TryReadThreshold(span.TraceState, out var threshold) ? threshold : null,
    };

    private static AttributeList Map(IEnumerable<KeyValue> attributes)
    {
        var list = new AttributeList();
        foreach (var attribute in attributes)
            list.Add(attribute.Key, Map(attribute.Value ?? new AnyValue()));
        return list;
    }

    private static AttributeValue Map(AnyValue value) => value.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => AttributeValue.From(value.StringValue),
        AnyValue.ValueOneofCase.BoolValue => AttributeValue.From(value.BoolValue),
        AnyValue.ValueOneofCase.IntValue => AttributeValue.From(value.IntValue),
        AnyValue.ValueOneofCase.DoubleValue => AttributeValue.From(value.DoubleValue),
        AnyValue.ValueOneofCase.BytesValue => AttributeValue.From(value.BytesValue.ToByteArray()),
        AnyValue.ValueOneofCase.ArrayValue => AttributeValue.From((IReadOnlyList<AttributeValue>)[.. value.ArrayValue.Values.Select(Map)]),
        AnyValue.ValueOneofCase.KvlistValue => AttributeValue.From(Map(value.KvlistValue.Values)),
        _ => AttributeValue.Empty,
    };
}
