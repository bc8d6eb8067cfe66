using Pipeline.Shared.Model;

namespace Pipeline.Shared.Encoding;

/// <summary>
/// Writes the span model as the records <c>Span</c>, <c>Resource</c> and <c>Scope</c> of <c>SpanBatch.avsc</c>. The order of the calls is the order of the
/// schema's fields.
/// </summary>
public static class ModelEncoder
{
    /// <summary>A span, its resource and scope given as indices into the record's tables.</summary>
    public static void WriteSpan(AvroWriter writer, Span span, int resourceIndex, int scopeIndex)
    {
        writer.WriteLong(resourceIndex);
        writer.WriteLong(scopeIndex);
        WriteSpanBody(writer, span);
    }

    /// <summary>A span without the two indices that come first: what is the same in every record that the span appears in.</summary>
    public static void WriteSpanBody(AvroWriter writer, Span span)
    {
        span.TraceId.Write(writer.Take(TraceId.LengthBytes));
        span.SpanId.Write(writer.Take(SpanId.LengthBytes));
        WriteParent(writer, span.ParentSpanId);
        writer.WriteLong((int)span.Kind);
        writer.WriteLong((long)span.StartTimeUnixNano);
        writer.WriteLong((long)span.EndTimeUnixNano);
        writer.WriteLong((int)span.Status.Code);
        WriteThreshold(writer, span.SamplingThreshold);
        writer.WriteLong(span.Flags);
        writer.WriteString(span.Name);
        writer.WriteString(span.Status.Message);
        writer.WriteString(span.TraceState);
        WriteAttributes(writer, span.Attributes);
        writer.WriteLong(span.DroppedAttributesCount);
        WriteEvents(writer, span.Events);
        writer.WriteLong(span.DroppedEventsCount);
        WriteLinks(writer, span.Links);
        writer.WriteLong(span.DroppedLinksCount);
    }

    /// <summary>A resource.</summary>
    public static void WriteResource(AvroWriter writer, Resource resource)
    {
        WriteAttributes(writer, resource.Attributes);
        writer.WriteLong(resource.DroppedAttributesCount);
        writer.WriteString(resource.SchemaUrl);
        var block = writer.BeginBlock();
        foreach (var entity in resource.EntityReferences)
        {
            writer.WriteString(entity.SchemaUrl);
            writer.WriteString(entity.Type);
            WriteStrings(writer, entity.IdKeys);
            WriteStrings(writer, entity.DescriptionKeys);
        }

        writer.EndBlock(block, resource.EntityReferences.Count);
    }

    /// <summary>A scope.</summary>
    public static void WriteScope(AvroWriter writer, InstrumentationScope scope)
    {
        writer.WriteString(scope.Name);
        writer.WriteString(scope.Version);
        WriteAttributes(writer, scope.Attributes);
        writer.WriteLong(scope.DroppedAttributesCount);
        writer.WriteString(scope.SchemaUrl);
    }

    /// <summary>A union of null and a 56-bit threshold.</summary>
    public static void WriteThreshold(AvroWriter writer, ulong? threshold)
    {
        writer.WriteByte(threshold is null ? (byte)0 : (byte)2);
        if (threshold is { } value)
            writer.WriteLong((long)value);
    }

    private static void WriteParent(AvroWriter writer, SpanId parent)
    {
        writer.WriteByte(parent.IsEmpty ? (byte)0 : (byte)2);
        if (!parent.IsEmpty)
            parent.Write(writer.Take(SpanId.LengthBytes));
    }

    private static void WriteAttributes(AvroWriter writer, AttributeList attributes)
    {
        var block = writer.BeginBlock();
        for (var i = 0; i < attributes.Count; i++)
        {
            writer.WriteString(attributes[i].Key);
            WriteValue(writer, attributes[i].Value);
        }

        writer.EndBlock(block, attributes.Count);
    }

    private static void WriteValue(AvroWriter writer, AttributeValue value)
    {
        writer.WriteLong((int)value.Kind);
        switch (value.Kind)
        {
            case AttributeValueKind.String:
                writer.WriteString(value.AsString);
                break;
            case AttributeValueKind.Boolean:
                writer.WriteBoolean(value.AsBoolean);
                break;
            case AttributeValueKind.Long:
                writer.WriteLong(value.AsLong);
                break;
            case AttributeValueKind.Double:
                writer.WriteDouble(value.AsDouble);
                break;
            case AttributeValueKind.Bytes:
                writer.WriteBytes(value.AsBytes);
                break;
            case AttributeValueKind.Array:
                WriteArray(writer, value.AsArray);
                break;
            case AttributeValueKind.Map:
                WriteAttributes(writer, value.AsMap);
                break;
        }
    }

    private static void WriteArray(AvroWriter writer, IReadOnlyList<AttributeValue> values)
    {
        var block = writer.BeginBlock();
        foreach (var item in values)
            WriteValue(writer, item);
        writer.EndBlock(block, values.Count);
    }

    private static void WriteEvents(AvroWriter writer, IReadOnlyList<SpanEvent> events)
    {
        var block = writer.BeginBlock();
        foreach (var item in events)
        {
            writer.WriteLong((long)item.TimeUnixNano);
            writer.WriteString(item.Name);
            WriteAttributes(writer, item.Attributes);
            writer.WriteLong(item.DroppedAttributesCount);
        }

        writer.EndBlock(block, events.Count);
    }

    private static void WriteLinks(AvroWriter writer, IReadOnlyList<SpanLink> links)
    {
        var block = writer.BeginBlock();
        foreach (var link in links)
        {
            link.TraceId.Write(writer.Take(TraceId.LengthBytes));
            link.SpanId.Write(writer.Take(SpanId.LengthBytes));
            writer.WriteString(link.TraceState);
            writer.WriteLong(link.Flags);
            WriteAttributes(writer, link.Attributes);
            writer.WriteLong(link.DroppedAttributesCount);
        }

        writer.EndBlock(block, links.Count);
    }

    private static void WriteStrings(AvroWriter writer, IReadOnlyList<string> texts)
    {
        var block = writer.BeginBlock();
        foreach (var text in texts)
            writer.WriteString(text);
        writer.EndBlock(block, texts.Count);
    }
}
