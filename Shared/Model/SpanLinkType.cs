namespace Pipeline.Shared.Model;

/// <summary>How a span depends on the one it links to (OpenTracing's reference types, kept by Jaeger).</summary>
public enum SpanLinkType
{
    /// <summary>The linked span waits for this one.</summary>
    ChildOf = 0,

    /// <summary>The linked span does not wait; OTLP links are of this type unless they say otherwise (attribute <c>opentracing.ref_type</c>).</summary>
    FollowsFrom = 1,
}
