namespace Pipeline.Shared.Model;

/// <summary>A reference from one span to another, of the same trace or of a different one.</summary>
public sealed record SpanLink
{
    /// <summary>OpenTracing's name for the attribute that carries the reference type; values <c>child_of</c> and <c>follows_from</c>.</summary>
    public const string ReferenceTypeAttribute = "opentracing.ref_type";

    /// <summary>The linked trace.</summary>
    public required TraceId TraceId { get; init; }

    /// <summary>The linked span.</summary>
    public required SpanId SpanId { get; init; }

    /// <summary>W3C trace state of the linked span, as text; empty when there is none.</summary>
    public string TraceState { get; init; } = "";

    /// <summary>W3C trace flags and OTLP's "is remote" bits (trace.proto, SpanFlags).</summary>
    public uint Flags { get; init; }

    /// <summary>Further facts.</summary>
    public AttributeList Attributes { get; init; } = AttributeList.Empty;

    /// <summary>How many attributes the sender left out.</summary>
    public uint DroppedAttributesCount { get; init; }

    /// <summary>The kind of reference, read from <see cref="ReferenceTypeAttribute"/>.</summary>
    public SpanLinkType Type => Attributes.Text(ReferenceTypeAttribute) == "child_of" ? SpanLinkType.ChildOf : SpanLinkType.FollowsFrom;
}
