using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>
/// What Jaeger's schema cannot say about a span. Such a span carries its own encoding in the field <c>avro</c> beside Jaeger's fields, which only our reader looks at;
/// nanoseconds and the sampling threshold have small fields of their own.
/// </summary>
internal static class Fidelity
{
    /// <summary>Where the trace state is among Jaeger's tags.</summary>
    public const string TraceState = "w3c.tracestate";

    /// <summary>True when reading Jaeger's fields would not give the same span.</summary>
    public static bool IsLossy(Span span) =>
        (span.DroppedAttributesCount | span.DroppedEventsCount | span.DroppedLinksCount) != 0
        || span.EndTimeUnixNano < span.StartTimeUnixNano
        || IsLossy(span.Attributes, isReserved: IsFact)
        || AnyLossy(span.Events)
        || AnyLossy(span);

    /// <summary>True when a scope is more than a name and a version.</summary>
    public static bool IsLossy(InstrumentationScope scope) => scope.Attributes.Count > 0 || scope.DroppedAttributesCount != 0 || scope.SchemaUrl.Length > 0;

    /// <summary>True for keys that Jaeger writes facts of the span under.</summary>
    public static bool IsFact(string key) => key is SpanTags.Kind or SpanTags.Error or SpanTags.StatusCode or SpanTags.StatusDescription
        or SpanTags.ScopeName or SpanTags.ScopeVersion or TraceState;

    private static bool IsLossy(AttributeList attributes, Func<string, bool> isReserved)
    {
        for (var i = 0; i < attributes.Count; i++)
            if (IsLossy(attributes[i].Value) || isReserved(attributes[i].Key))
                return true;
        return false;
    }

    private static bool IsLossy(AttributeValue value) => value.Kind switch
    {
        AttributeValueKind.Array or AttributeValueKind.Map or AttributeValueKind.Empty => true,
        AttributeValueKind.Double => !double.IsFinite(value.AsDouble),
        _ => false,
    };

    private static bool AnyLossy(IReadOnlyList<SpanEvent> events)
    {
        for (var i = 0; i < events.Count; i++)
            if (events[i].DroppedAttributesCount != 0 || IsLossy(events[i].Attributes, static key => key == SpanTags.Event))
                return true;
        return false;
    }

    private static bool AnyLossy(Span span)
    {
        for (var i = 0; i < span.Links.Count; i++)
            if (IsLossy(span.Links[i], span))
                return true;
        return false;
    }

    // A CHILD_OF reference to the same trace would be read as the parent where there is none.
    private static bool IsLossy(SpanLink link, Span span)
    {
        if (link.TraceState.Length > 0 || link.Flags != 0 || link.DroppedAttributesCount != 0)
            return true;
        return link.Type == SpanLinkType.ChildOf
            ? link.Attributes.Count > 1 || (span.ParentSpanId.IsEmpty && link.TraceId == span.TraceId)
            : link.Attributes.Count > 0;
    }
}
