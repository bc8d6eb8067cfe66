using Avro;
using Avro.Generic;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;
using RecordSchema = Pipeline.Shared.Encoding.RecordSchema;

namespace Pipeline.Shared.Tests.Encoding;

/// <summary>Our records as Apache.Avro's generic values.</summary>
internal sealed class GenericRecords
{
    private readonly RecordSchema _schema;
    private readonly Dictionary<string, NamedSchema> _types = [];

    private GenericRecords(RecordSchema schema)
    {
        _schema = schema;
        Collect(schema.Parsed);
    }

    public static GenericRecord Of(string tenant, IReadOnlyList<Span> spans) => new GenericRecords(RecordSchema.SpanBatch).Batch(tenant, spans);

    public static GenericRecord Of(KeptTrace trace) => new GenericRecords(RecordSchema.KeptTrace).Kept(trace);

    public static GenericRecord Of(StepRecord step) => new GenericRecords(RecordSchema.StepRecord).Step(step);

    public static GenericRecord Of(EdgeDeltas deltas) => new GenericRecords(RecordSchema.EdgeDeltas).Deltas(deltas);

    public static GenericRecord Of(EdgeTotals totals) => new GenericRecords(RecordSchema.EdgeTotals).Totals(totals);

    private GenericRecord Batch(string tenant, IReadOnlyList<Span> spans) => Record(_schema.Name, [("tenant", tenant), .. SpanSet(spans)]);

    private GenericRecord Kept(KeptTrace trace) => Record(_schema.Name,
    [
        ("traceId", Id(trace.TraceId)), ("tenant", trace.Tenant), ("late", trace.IsLate), ("rule", trace.Rule), ("reason", trace.Reason), ("threshold", (long?)trace.Threshold),
        ("decidedAtMs", trace.DecidedAtMs), ("sourceOffset", trace.SourceOffset), ("piece", trace.Piece), .. SpanSet(trace.Spans),
    ]);

    private GenericRecord Step(StepRecord step) => Record(_schema.Name,
        ("position", step.Position), ("watermark", step.Watermark), ("streamTimeMs", step.StreamTimeMs),
        ("ledger", step.Ledger.ToDictionary(p => p.Key, p => (object)p.Value)), ("samplerState", step.SamplerState.ToArray()),
        ("decisions", step.Decisions.Select(d => Record("Decision", ("traceId", Id(d.TraceId)), ("kept", d.IsKept), ("rule", d.Rule), ("reason", d.Reason),
            ("threshold", (long?)d.Threshold), ("lastSpanTimeMs", d.LastSpanTimeMs))).ToArray<object>()));

    private GenericRecord Deltas(EdgeDeltas deltas) => Record(_schema.Name, ("hourMs", deltas.HourMs),
        ("series", deltas.Series.Select(s => Edge(s.Key, s.Value)).ToArray<object>()), ("producers", Ends(deltas.Producers)), ("consumers", Ends(deltas.Consumers)));

    private GenericRecord Totals(EdgeTotals totals) => Record(_schema.Name, ("edge", Edge(totals.Key, totals.Counts)),
        ("hours", totals.Hours.Select(h => Record("HourlyCalls", ("hourMs", h.Key), ("calls", h.Value))).ToArray<object>()));

    private GenericRecord Edge(EdgeKey key, EdgeCounts counts) => Record("Edge", ("client", key.Client), ("server", key.Server), ("connectionType", key.ConnectionType),
        ("virtualNode", key.VirtualNode), ("calls", counts.Calls), ("failed", counts.Failed), ("clientSeconds", Latency(counts.ClientSeconds)),
        ("serverSeconds", Latency(counts.ServerSeconds)), ("messagingSeconds", Latency(counts.MessagingSeconds)), ("lastSpanTimeMs", counts.LastSpanTimeMs));

    private GenericRecord Latency(LatencyCounts latency) =>
        Record("Latency", ("count", latency.Count), ("sum", latency.Sum), ("buckets", latency.Count == 0 ? [] : latency.Buckets.Cast<object>().ToArray()));

    private object[] Ends(IReadOnlyList<LinkEnd> ends) => [.. ends.Select(e => Record("LinkEnd", ("linkedTraceId", Id(e.LinkedTraceId)), ("linkedSpanId", Id(e.LinkedSpanId)),
        ("service", e.Service), ("timeUnixNano", (long)e.TimeUnixNano), ("seconds", e.Seconds), ("failed", e.Failed), ("weight", e.Weight)))];

    private (string, object?)[] SpanSet(IReadOnlyList<Span> spans)
    {
        var resources = new List<GenericRecord>();
        var scopes = new List<GenericRecord>();
        var items = spans.Select(s => Span(s, IndexIn(resources, Resource(s.Resource)), IndexIn(scopes, Scope(s.Scope)))).ToArray<object>();
        return [("resources", resources.ToArray<object>()), ("scopes", scopes.ToArray<object>()), ("spans", items)];
    }

    // Tables hold each content once, in the order of first use; content that differs in the order of its attributes counts as another.
    private static int IndexIn(List<GenericRecord> table, GenericRecord record)
    {
        var index = table.FindIndex(known => AvroOracle.Dump(known, sortMaps: false) == AvroOracle.Dump(record, sortMaps: false));
        if (index < 0)
            table.Add(record);
        return index < 0 ? table.Count - 1 : index;
    }

    private GenericRecord Resource(Resource resource) => Record("Resource", ("attributes", Map(resource.Attributes)), ("droppedAttributesCount", (long)resource.DroppedAttributesCount),
        ("schemaUrl", resource.SchemaUrl), ("entityReferences", resource.EntityReferences.Select(e => Record("EntityReference", ("schemaUrl", e.SchemaUrl), ("type", e.Type),
            ("idKeys", e.IdKeys.ToArray<object>()), ("descriptionKeys", e.DescriptionKeys.ToArray<object>()))).ToArray<object>()));

    private GenericRecord Scope(InstrumentationScope scope) => Record("Scope", ("name", scope.Name), ("version", scope.Version), ("attributes", Map(scope.Attributes)),
        ("droppedAttributesCount", (long)scope.DroppedAttributesCount), ("schemaUrl", scope.SchemaUrl));

    private GenericRecord Span(Span span, int resource, int scope) => Record("Span", ("resource", resource), ("scope", scope), ("traceId", Id(span.TraceId)), ("spanId", Id(span.SpanId)),
        ("parentSpanId", span.ParentSpanId.IsEmpty ? null : Id(span.ParentSpanId)), ("kind", Symbol("SpanKind", span.Kind.ToString())),
        ("startTimeUnixNano", (long)span.StartTimeUnixNano), ("endTimeUnixNano", (long)span.EndTimeUnixNano), ("statusCode", Symbol("StatusCode", span.Status.Code.ToString())),
        ("samplingThreshold", (long?)span.SamplingThreshold), ("flags", (long)span.Flags), ("name", span.Name), ("statusMessage", span.Status.Message), ("traceState", span.TraceState),
        ("attributes", Map(span.Attributes)), ("droppedAttributesCount", (long)span.DroppedAttributesCount), ("events", span.Events.Select(Event).ToArray<object>()),
        ("droppedEventsCount", (long)span.DroppedEventsCount), ("links", span.Links.Select(Link).ToArray<object>()), ("droppedLinksCount", (long)span.DroppedLinksCount));

    private GenericRecord Event(SpanEvent item) => Record("Event", ("timeUnixNano", (long)item.TimeUnixNano), ("name", item.Name), ("attributes", Map(item.Attributes)),
        ("droppedAttributesCount", (long)item.DroppedAttributesCount));

    private GenericRecord Link(SpanLink link) => Record("Link", ("traceId", Id(link.TraceId)), ("spanId", Id(link.SpanId)), ("traceState", link.TraceState), ("flags", (long)link.Flags),
        ("attributes", Map(link.Attributes)), ("droppedAttributesCount", (long)link.DroppedAttributesCount));

    private Dictionary<string, object?> Map(AttributeList attributes) => attributes.ToDictionary(a => a.Key, a => Value(a.Value));

    private object? Value(AttributeValue value) => value.Kind switch
    {
        AttributeValueKind.String => value.AsString,
        AttributeValueKind.Boolean => value.AsBoolean,
        AttributeValueKind.Long => value.AsLong,
        AttributeValueKind.Double => value.AsDouble,
        AttributeValueKind.Bytes => value.AsBytes,
        AttributeValueKind.Array => Record("AttributeArray", ("values", value.AsArray.Select(Value).ToArray())),
        AttributeValueKind.Map => Record("AttributeMap", ("values", Map(value.AsMap))),
        _ => null,
    };

    private GenericFixed Id(TraceId id) => new((FixedSchema)_types["TraceId"], id.ToByteArray());

    private GenericFixed Id(SpanId id)
    {
        var bytes = new byte[SpanId.LengthBytes];
        id.Write(bytes);
        return new GenericFixed((FixedSchema)_types[_types.ContainsKey("SpanId") ? "SpanId" : "LinkedSpanId"], bytes);
    }

    private GenericEnum Symbol(string type, string name) => new((EnumSchema)_types[type], name.ToUpperInvariant());

    private GenericRecord Record(string type, params (string Name, object? Value)[] fields)
    {
        var record = new GenericRecord((Avro.RecordSchema)_types[type]);
        foreach (var (name, value) in fields)
            record.Add(name, value);
        return record;
    }

    private void Collect(Schema schema)
    {
        if (schema is NamedSchema named && !_types.TryAdd(named.Name, named))
            return;
        switch (schema)
        {
            case Avro.RecordSchema record:
                record.Fields.ForEach(f => Collect(f.Schema));
                break;
            case ArraySchema array:
                Collect(array.ItemSchema);
                break;
            case MapSchema map:
                Collect(map.ValueSchema);
                break;
            case UnionSchema union:
                foreach (var branch in union.Schemas)
                    Collect(branch);
                break;
        }
    }
}
