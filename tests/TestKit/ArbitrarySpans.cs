using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Pipeline.Shared.Model;
using Pipeline.Shared.Sampling;

namespace Pipeline.TestKit;

/// <summary>
/// Generators of valid spans with everything that the model allows: all kinds of attributes, nested, text of any script, numbers at their limits, times above 2^63.
/// For properties: <c>[Properties(Arbitrary = [typeof(ArbitrarySpans)])]</c>.
/// </summary>
public static class ArbitrarySpans
{
    private const int MaxNesting = 4;

    private static readonly string[] Words =
        ["", " ", "a", "service.name", "http.request.method", "error", "GET /käse/{id}", "日本語", "🙂👨‍👩‍👧", "\u0000", "e\u0301", "\ufeff", "\u2028", "ot=th:8", "0", "true", new('k', 300)];

    private static readonly Gen<string> AnyText = Gen.Frequency((3, Gen.Elements(Words)), (2, Gen.ArrayOf(AnyRune()).Select(runes => string.Concat(runes.Take(40)))));

    private static readonly Gen<ulong> AnyBits =
        from high in Gen.Choose(int.MinValue, int.MaxValue)
        from low in Gen.Choose(int.MinValue, int.MaxValue)
        select ((ulong)(uint)high << 32) | (uint)low;

    private static readonly Gen<ulong> AnyTime = Gen.OneOf(
        Gen.Elements<ulong>(0, 1, A.StartUnixNano, long.MaxValue, 1UL << 63, ulong.MaxValue), Gen.Choose(0, int.MaxValue).Select(ns => A.StartUnixNano + (ulong)ns), AnyBits);

    private static readonly Gen<uint> AnyCount = Gen.Frequency((3, Gen.Constant(0U)), (1, Gen.Elements<uint>(1, 63, 64, 127, 128, int.MaxValue, uint.MaxValue)), (1, AnyBits.Select(b => (uint)b)));

    private static readonly Gen<ulong?> AnyThreshold = Gen.OneOf(
        Gen.Constant((ulong?)null), Gen.Elements<ulong?>(0, 1, 1UL << 55, SamplingThreshold.Ceiling - 1), AnyBits.Select(b => (ulong?)(b & (SamplingThreshold.Ceiling - 1))));

    private static readonly Gen<TraceId> AnyTraceId = from high in AnyBits from low in AnyBits where (high | low) != 0 select new TraceId(high, low);

    private static readonly Gen<SpanId> AnySpanId = from bits in AnyBits where bits != 0 select new SpanId(bits);

    private static readonly Gen<AttributeList> AnyAttributes = AttributesOf(0);

    private static readonly Gen<EntityReference> AnyEntity =
        from schemaUrl in AnyText
        from type in AnyText
        from ids in UpTo(3, AnyText)
        from descriptions in UpTo(3, AnyText)
        select new EntityReference { SchemaUrl = schemaUrl, Type = type, IdKeys = ids, DescriptionKeys = descriptions };

    private static readonly Gen<Resource> AnyResource =
        from attributes in AnyAttributes
        from dropped in AnyCount
        from schemaUrl in AnyText
        from entities in UpTo(2, AnyEntity)
        select new Resource { Attributes = attributes, DroppedAttributesCount = dropped, SchemaUrl = schemaUrl, EntityReferences = entities };

    private static readonly Gen<InstrumentationScope> AnyScope =
        from name in AnyText
        from version in AnyText
        from attributes in AnyAttributes
        from dropped in AnyCount
        from schemaUrl in AnyText
        select new InstrumentationScope { Name = name, Version = version, Attributes = attributes, DroppedAttributesCount = dropped, SchemaUrl = schemaUrl };

    private static readonly Gen<SpanEvent> AnyEvent =
        from time in AnyTime
        from name in AnyText
        from attributes in AnyAttributes
        from dropped in AnyCount
        select new SpanEvent { TimeUnixNano = time, Name = name, Attributes = attributes, DroppedAttributesCount = dropped };

    private static readonly Gen<SpanLink> AnyLink =
        from traceId in AnyTraceId
        from spanId in AnySpanId
        from traceState in AnyText
        from flags in AnyCount
        from attributes in AnyAttributes
        from dropped in AnyCount
        select new SpanLink { TraceId = traceId, SpanId = spanId, TraceState = traceState, Flags = flags, Attributes = attributes, DroppedAttributesCount = dropped };

    private static readonly Gen<Span> AnyBareSpan =
        from traceId in AnyTraceId
        from spanId in AnySpanId
        from parent in Gen.OneOf(Gen.Constant(default(SpanId)), AnySpanId)
        from name in AnyText
        from kind in Gen.Elements(Enum.GetValues<SpanKind>())
        from start in AnyTime
        from end in AnyTime
        from code in Gen.Elements(Enum.GetValues<SpanStatusCode>())
        from message in AnyText
        from threshold in AnyThreshold
        from flags in AnyCount
        from traceState in AnyText
        select new Span
        {
            TraceId = traceId,
            SpanId = spanId,
            ParentSpanId = parent,
            Name = name,
            Kind = kind,
            StartTimeUnixNano = start,
            EndTimeUnixNano = end,
            Status = new SpanStatus(code, message),
            SamplingThreshold = threshold,
            Flags = flags,
            TraceState = traceState,
        };

    private static readonly Gen<Span> AnySpan =
        from bare in AnyBareSpan
        from attributes in AnyAttributes
        from droppedAttributes in AnyCount
        from events in UpTo(3, AnyEvent)
        from droppedEvents in AnyCount
        from links in UpTo(3, AnyLink)
        from droppedLinks in AnyCount
        from resource in AnyResource
        from scope in AnyScope
        select bare with
        {
            Attributes = attributes,
            DroppedAttributesCount = droppedAttributes,
            Events = events,
            DroppedEventsCount = droppedEvents,
            Links = links,
            DroppedLinksCount = droppedLinks,
            Resource = resource,
            Scope = scope,
        };

    /// <summary>Text without lone surrogates.</summary>
    public static Gen<string> Texts => AnyText;

    /// <summary>All 64-bit patterns.</summary>
    public static Gen<ulong> Bits => AnyBits;

    /// <summary>Rejection thresholds, and none.</summary>
    public static Gen<ulong?> Thresholds => AnyThreshold;

    /// <summary>Trace ids that name a trace.</summary>
    public static Arbitrary<TraceId> TraceId() => AnyTraceId.ToArbitrary();

    /// <summary>Span ids that name a span.</summary>
    public static Arbitrary<SpanId> SpanId() => AnySpanId.ToArbitrary();

    /// <summary>Attribute values of all kinds.</summary>
    public static Arbitrary<AttributeValue> Value() => ValueOf(0).ToArbitrary();

    /// <summary>Lists of attributes.</summary>
    public static Arbitrary<AttributeList> Attributes() => AnyAttributes.ToArbitrary();

    /// <summary>Resources.</summary>
    public static Arbitrary<Resource> Resource() => AnyResource.ToArbitrary();

    /// <summary>Scopes.</summary>
    public static Arbitrary<InstrumentationScope> Scope() => AnyScope.ToArbitrary();

    /// <summary>Single spans, unrelated to one another.</summary>
    public static Arbitrary<Span> Span() => Arb.From(AnySpan, Simpler);

    /// <summary>Up to twelve spans of any traces, which share a few resources and scopes.</summary>
    public static Arbitrary<Span[]> Spans() => Arb.From(
        from resources in AnyResource.ArrayOf(2)
        from scopes in AnyScope.ArrayOf(2)
        from spans in UpTo(12, AnySpan)
        select spans.Select((s, i) => i % 3 == 2 ? s : s with { Resource = resources[i % 2], Scope = scopes[i / 2 % 2] }).ToArray(),
        SimplerArray);

    /// <summary>None to <paramref name="most"/> of them.</summary>
    public static Gen<T[]> UpTo<T>(int most, Gen<T> gen) => Gen.Choose(0, most).SelectMany(count => gen.ArrayOf(count));

    private static Gen<AttributeList> AttributesOf(int depth) =>
        from keys in UpTo(depth == 0 ? 8 : 3, AnyText)
        from values in ValueOf(depth).ArrayOf(keys.Length)
        select ListOf(keys, values);

    private static Gen<AttributeValue> ValueOf(int depth)
    {
        var scalars = new[]
        {
            Gen.Constant(AttributeValue.Empty),
            AnyText.Select(AttributeValue.From),
            Gen.Elements(true, false).Select(AttributeValue.From),
            Gen.Elements<long>(0, 1, -1, 63, 64, -64, -65, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue).Select(AttributeValue.From),
            AnyBits.Select(bits => AttributeValue.From((long)bits)),
            Gen.Elements(0.0, -0.0, 1.5, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, double.MaxValue, double.MinValue).Select(AttributeValue.From),
            AnyBits.Select(bits => AttributeValue.From(BitConverter.UInt64BitsToDouble(bits))),
            UpTo(70, Gen.Choose(0, 255)).Select(bytes => AttributeValue.From(Array.ConvertAll(bytes, b => (byte)b))),
        };
        if (depth >= MaxNesting)
            return Gen.OneOf(scalars);
        var array = Gen.Choose(0, 3).SelectMany(count => ValueOf(depth + 1).ArrayOf(count)).Select(AttributeValue.From);
        var map = Gen.Constant(0).SelectMany(_ => AttributesOf(depth + 1)).Select(AttributeValue.From);
        return Gen.Frequency((8, Gen.OneOf(scalars)), (1, array), (1, map));
    }

    private static AttributeList ListOf(string[] keys, AttributeValue[] values)
    {
        var list = new AttributeList();
        for (var i = 0; i < keys.Length; i++)
            list.Add(keys[i], values[i]);
        return list;
    }

    private static Gen<string> AnyRune() => Gen.OneOf(Gen.Choose(0x20, 0x7e), Gen.Choose(0, 0xd7ff), Gen.Choose(0xe000, 0x10ffff)).Select(code => new Rune(code).ToString());

    // Whatever can be left out of a failing span is not what makes it fail.
    private static IEnumerable<Span> Simpler(Span span)
    {
        foreach (var simpler in new[]
        {
            span with { Resource = Shared.Model.Resource.Empty }, span with { Scope = InstrumentationScope.Empty }, span with { Events = [] }, span with { Links = [] },
            span with { Attributes = AttributeList.Empty }, span with { Name = "", TraceState = "", Status = SpanStatus.Unset }, span with { SamplingThreshold = null, ParentSpanId = default },
            span with { DroppedAttributesCount = 0, DroppedEventsCount = 0, DroppedLinksCount = 0, Flags = 0 }, span with { StartTimeUnixNano = 0, EndTimeUnixNano = 0, Kind = SpanKind.Unspecified },
        })
            if (!simpler.Equals(span))
                yield return simpler;
    }

    private static IEnumerable<Span[]> SimplerArray(Span[] spans)
    {
        for (var i = 0; i < spans.Length; i++)
            yield return [.. spans[..i], .. spans[(i + 1)..]];
        for (var i = 0; i < spans.Length; i++)
            foreach (var simpler in Simpler(spans[i]))
                yield return [.. spans[..i], simpler, .. spans[(i + 1)..]];
    }
}
