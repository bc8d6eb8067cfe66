using Pipeline.Shared.Model;

namespace Pipeline.TestKit.Storage;

/// <summary>Spans with everything that the model can say.</summary>
public static class RichSpans
{
    /// <summary>Every type of value, among them those that JSON makes hard.</summary>
    public static AttributeList AllTypes() => new()
    {
        { "text", "zażółć \"gęślą\" \u0001 jaźń 🙂" },
        { "text.empty", "" },
        { "yes", AttributeValue.From(true) },
        { "no", AttributeValue.From(false) },
        { "long", AttributeValue.From(42L) },
        { "long.min", AttributeValue.From(long.MinValue) },
        { "long.max", AttributeValue.From(long.MaxValue) },
        { "double", AttributeValue.From(1.5) },
        { "double.whole", AttributeValue.From(3.0) },
        { "double.tiny", AttributeValue.From(5e-324) },
        { "double.huge", AttributeValue.From(1e300) },
        { "double.minus.zero", AttributeValue.From(-0.0) },
        { "double.nan", AttributeValue.From(double.NaN) },
        { "double.infinite", AttributeValue.From(double.PositiveInfinity) },
        { "bytes", AttributeValue.From(new byte[] { 0, 1, 254, 255 }) },
        { "bytes.empty", AttributeValue.From(Array.Empty<byte>()) },
        { "nothing", AttributeValue.Empty },
        { "list", AttributeValue.From([AttributeValue.From("a"), AttributeValue.From(1L), AttributeValue.From(2.0)]) },
        { "list.empty", AttributeValue.From(Array.Empty<AttributeValue>()) },
        { "map", AttributeValue.From(new AttributeList { { "inner", AttributeValue.From([AttributeValue.From(true)]) } }) },
        { "looks.like.number", "007" },
        { "key@with@at", "at" },
        { " ", "a key of one blank" },
        { "long.text", new string('x', 5000) },
        { new string('k', 300), "a long key" },
    };

    /// <summary>A span with all fields set.</summary>
    public static Span Full(int trace = 1, int span = 1) => A.Span(trace, span, parent: 99) with
    {
        TraceState = "vendor=value,ot=th:8",
        Flags = 0x301,
        StartTimeUnixNano = A.StartUnixNano + 123_456_789,
        EndTimeUnixNano = A.StartUnixNano + 987_654_321,
        Attributes = AllTypes(),
        DroppedAttributesCount = 1,
        Events =
        [
            new SpanEvent { TimeUnixNano = A.StartUnixNano + 200_000_001, Name = "exception", Attributes = new AttributeList { { "exception.type", "Oops" } }, DroppedAttributesCount = 2 },
            new SpanEvent { TimeUnixNano = A.StartUnixNano + 200_000_002, Name = "", Attributes = AllTypes() },
        ],
        DroppedEventsCount = 3,
        Links =
        [
            new SpanLink { TraceId = A.TraceId(7), SpanId = A.SpanId(8), TraceState = "a=b", Flags = 1, Attributes = new AttributeList { { "why", "batch" } }, DroppedAttributesCount = 4 },
            new SpanLink { TraceId = A.TraceId(1), SpanId = A.SpanId(9), Attributes = new AttributeList { { SpanLink.ReferenceTypeAttribute, "child_of" } } },
        ],
        DroppedLinksCount = 5,
        Status = new SpanStatus(SpanStatusCode.Error, "no luck"),
        SamplingThreshold = 1UL << 55,
        Resource = new Resource
        {
            Attributes = new AttributeList { { "service.name", "checkout" }, { "host.name", "h-1" }, { "process.command_args", AttributeValue.From([AttributeValue.From("run")]) } },
            DroppedAttributesCount = 6,
            SchemaUrl = "https://opentelemetry.io/schemas/1.30.0",
            EntityReferences = [new EntityReference { Type = "service", IdKeys = ["service.name"], DescriptionKeys = ["host.name"] }],
        },
        Scope = new InstrumentationScope { Name = "lib", Version = "2", Attributes = new AttributeList { { "scope.key", "scope value" } }, DroppedAttributesCount = 7, SchemaUrl = "https://example.org/1" },
    };
}
