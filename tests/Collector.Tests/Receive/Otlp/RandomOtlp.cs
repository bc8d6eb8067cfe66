using Google.Protobuf;
using Pipeline.Collector.Tests.Protos;

namespace Pipeline.Collector.Tests.Receive.Otlp;

/// <summary>Requests that are a pure function of a seed, with everything that OTLP allows in them.</summary>
internal sealed class RandomOtlp(int seed)
{
    private static readonly string[] Words = ["", "a", "service.name", "http.method", "GET /käse/{id}", "日本語", "🙂", "error", "x y z", new('k', 300), "th:c", "ot=th:c;rv:0123456789abcd", "vendor=1,ot=th:8"];

    private readonly Random _random = new(seed);

    public ExportTraceServiceRequest Request()
    {
        var request = new ExportTraceServiceRequest();
        for (var i = _random.Next(1, 4); i > 0; i--)
        {
            var resourceSpans = new ResourceSpans { Resource = Resource(), SchemaUrl = Word() };
            for (var j = _random.Next(0, 3); j > 0; j--)
                resourceSpans.ScopeSpans.Add(ScopeSpans());
            request.ResourceSpans.Add(resourceSpans);
        }

        return request;
    }

    private Resource Resource()
    {
        var resource = new Resource { DroppedAttributesCount = Count() };
        resource.Attributes.AddRange(Attributes());
        if (_random.Next(4) == 0)
            resource.EntityRefs.Add(new EntityRef { SchemaUrl = Word(), Type = Word(), IdKeys = { Word(), Word() }, DescriptionKeys = { Word() } });
        return resource;
    }

    private ScopeSpans ScopeSpans()
    {
        var scopeSpans = new ScopeSpans { Scope = new InstrumentationScope { Name = Word(), Version = Word(), DroppedAttributesCount = Count() }, SchemaUrl = Word() };
        scopeSpans.Scope.Attributes.AddRange(Attributes());
        for (var i = _random.Next(0, 6); i > 0; i--)
            scopeSpans.Spans.Add(Span());
        return scopeSpans;
    }

    private Span Span()
    {
        var span = new Span
        {
            TraceId = Bytes(16), SpanId = Bytes(8), TraceState = Word(), ParentSpanId = _random.Next(3) == 0 ? ByteString.Empty : Bytes(8), Name = Word(), Kind = (uint)_random.Next(0, 8),
            StartTimeUnixNano = Number(), EndTimeUnixNano = Number(), DroppedAttributesCount = Count(), DroppedEventsCount = Count(), DroppedLinksCount = Count(), Flags = Count(),
        };
        if (_random.Next(2) == 0)
            span.Status = new Status { Code = (uint)_random.Next(0, 5), Message = Word() };
        span.Attributes.AddRange(Attributes());
        for (var i = _random.Next(0, 3); i > 0; i--)
        {
            span.Events.Add(new Span.Types.Event { TimeUnixNano = Number(), Name = Word(), DroppedAttributesCount = Count() });
            span.Events[^1].Attributes.AddRange(Attributes());
        }

        for (var i = _random.Next(0, 3); i > 0; i--)
        {
            span.Links.Add(new Span.Types.Link { TraceId = Bytes(16), SpanId = Bytes(8), TraceState = Word(), DroppedAttributesCount = Count(), Flags = Count() });
            span.Links[^1].Attributes.AddRange(Attributes());
        }

        return span;
    }

    private IEnumerable<KeyValue> Attributes() => Enumerable.Range(0, _random.Next(0, 9)).Select(_ => new KeyValue { Key = Word(), Value = _random.Next(20) == 0 ? null : Value(0) }).ToList();

    private AnyValue Value(int depth)
    {
        switch (_random.Next(depth > 3 ? 6 : 8))
        {
            case 0: return new AnyValue();
            case 1: return new AnyValue { StringValue = Word() };
            case 2: return new AnyValue { BoolValue = _random.Next(2) == 0 };
            case 3: return new AnyValue { IntValue = (long)Number() };
            case 4: return new AnyValue { DoubleValue = BitConverter.UInt64BitsToDouble(Number()) };
            case 5: return new AnyValue { BytesValue = Bytes(_random.Next(0, 20)) };
            case 6:
                var array = new ArrayValue();
                array.Values.AddRange(Enumerable.Range(0, _random.Next(0, 4)).Select(_ => Value(depth + 1)));
                return new AnyValue { ArrayValue = array };
            default:
                var map = new KeyValueList();
                map.Values.AddRange(Enumerable.Range(0, _random.Next(0, 4)).Select(_ => new KeyValue { Key = Word(), Value = Value(depth + 1) }));
                return new AnyValue { KvlistValue = map };
        }
    }

    private string Word() => Words[_random.Next(Words.Length)];

    private uint Count() => _random.Next(3) == 0 ? (uint)_random.NextInt64(uint.MaxValue + 1L) : 0;

    private ulong Number() => _random.Next(4) switch { 0 => 0, 1 => ulong.MaxValue, 2 => (ulong)_random.NextInt64(), _ => 1_767_323_045_000_000_000 + (ulong)_random.Next() };

    private ByteString Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        if (count > 0)
            bytes[^1] |= 1;
        return ByteString.CopyFrom(bytes);
    }
}
