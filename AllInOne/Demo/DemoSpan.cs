using Pipeline.Shared.Model;

namespace Pipeline.AllInOne.Demo;

/// <summary>A span while its trace is being made up; times in microseconds since the trace began.</summary>
internal sealed class DemoSpan(string service, string name, SpanKind kind, SpanId id, SpanId parent, long startMicros)
{
    public string Service => service;

    public string Name => name;

    public SpanKind Kind => kind;

    public SpanId Id => id;

    public SpanId Parent => parent;

    public long StartMicros => startMicros;

    public long EndMicros { get; set; }

    public AttributeList Attributes { get; } = [];

    public List<SpanLink> Links { get; } = [];

    /// <summary>Where in the span it failed; null for a good one.</summary>
    public long? FailedAtMicros { get; private set; }

    public string FailureType { get; private set; } = "";

    public string FailureMessage { get; private set; } = "";

    public void Fail(string type, string message, long atMicros) => (FailureType, FailureMessage, FailedAtMicros) = (type, message, atMicros);

    /// <summary>The span as an SDK would send it.</summary>
    public Span ToSpan(TraceId trace, ulong beginUnixNano) => new()
    {
        TraceId = trace,
        SpanId = id,
        ParentSpanId = parent,
        Name = name,
        Kind = kind,
        StartTimeUnixNano = At(startMicros, beginUnixNano),
        EndTimeUnixNano = At(EndMicros, beginUnixNano),
        Attributes = Attributes,
        Links = Links,
        Events = FailedAtMicros is { } failed ? [ToEvent(At(failed, beginUnixNano))] : [],
        Status = FailedAtMicros is null ? SpanStatus.Unset : new SpanStatus(SpanStatusCode.Error, FailureMessage),
        Resource = DemoServices.Resource(service),
        Scope = DemoServices.Scope(service, kind),
    };

    private static ulong At(long micros, ulong beginUnixNano) => beginUnixNano + (ulong)micros * 1000;

    private SpanEvent ToEvent(ulong at) => new()
    {
        TimeUnixNano = at,
        Name = "exception",
        Attributes = new AttributeList
        {
            { "exception.type", FailureType },
            { "exception.message", FailureMessage },
            { "exception.stacktrace", $"{FailureType}: {FailureMessage}\n   at {service}.{name.Replace(' ', '_')}()\n   at {service}.Handle()" },
        },
    };
}
