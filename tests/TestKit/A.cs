using Pipeline.Shared.Model;

namespace Pipeline.TestKit;

/// <summary>Valid values for tests, each with everything filled in that a test does not care about.</summary>
public static class A
{
    /// <summary>2026-01-02T03:04:05Z, where the tests' time begins.</summary>
    public const ulong StartUnixNano = 1_767_323_045_000_000_000;

    /// <summary>A trace id that is a pure function of the number.</summary>
    public static TraceId TraceId(int number) => new(0x1111_2222_3333_0000 + (ulong)number, 0x4444_5555_6666_0000 + (ulong)number * 7919);

    /// <summary>A span id that is a pure function of the number.</summary>
    public static SpanId SpanId(int number) => new(0xaaaa_0000_0000_0000 + (ulong)number);

    /// <summary>A resource of a service.</summary>
    public static Resource Resource(string service) => new() { Attributes = new AttributeList { { "service.name", service }, { "host.name", service + "-0" } } };

    /// <summary>A small valid span; use <c>with</c> for the rest.</summary>
    public static Span Span(int trace = 1, int span = 1, int parent = 0, string service = "checkout", string name = "GET /cart",
        SpanKind kind = SpanKind.Server, int startMs = 0, int durationMs = 10) => new()
        {
            TraceId = TraceId(trace),
            SpanId = SpanId(span),
            ParentSpanId = parent == 0 ? default : SpanId(parent),
            Name = name,
            Kind = kind,
            StartTimeUnixNano = StartUnixNano + (ulong)startMs * 1_000_000,
            EndTimeUnixNano = StartUnixNano + (ulong)(startMs + durationMs) * 1_000_000,
            Resource = Resource(service),
            Scope = new InstrumentationScope { Name = "tests", Version = "1" },
        };

    /// <summary>The span with status error.</summary>
    public static Span WithError(this Span span, string message = "boom") => span with { Status = new SpanStatus(SpanStatusCode.Error, message) };
}
