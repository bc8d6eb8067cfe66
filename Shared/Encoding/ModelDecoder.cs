using Pipeline.Shared.Model;

namespace Pipeline.Shared.Encoding;

/// <summary>Reads the span model back; the counterpart of <see cref="ModelEncoder"/>. Throws <see cref="EncodingException"/>.</summary>
public static class ModelDecoder
{
    /// <summary>How deep attribute values may nest, in what is read.</summary>
    public const int MaxDepth = 128;

    private delegate T ItemReader<out T>(ref AvroReader reader);

    /// <summary>A span without the two indices that come first.</summary>
    public static Span ReadSpanBody(ref AvroReader reader, Resource resource, InstrumentationScope scope)
    {
        var head = SpanHead.Read(ref reader);
        var name = reader.ReadString();
        var status = new SpanStatus(head.StatusCode, reader.ReadString());
        return new Span
        {
            TraceId = head.TraceId,
            SpanId = head.SpanId,
            ParentSpanId = head.ParentSpanId,
            Kind = head.Kind,
            StartTimeUnixNano = head.StartTimeUnixNano,
            EndTimeUnixNano = head.EndTimeUnixNano,
            SamplingThreshold = head.SamplingThreshold,
            Flags = head.Flags,
            Name = name,
            Status = status,
            TraceState = reader.ReadString(),
            Attributes = ReadAttributes(ref reader),
            DroppedAttributesCount = reader.ReadUInt32(),
            Events = ReadItems(ref reader, ReadEvent),
            DroppedEventsCount = reader.ReadUInt32(),
            Links = ReadItems(ref reader, ReadLink),
            DroppedLinksCount = reader.ReadUInt32(),
            Resource = resource,
            Scope = scope,
        };
    }

    /// <summary>A resource.</summary>
    public static Resource ReadResource(ref AvroReader reader) => new()
    {
        Attributes = ReadAttributes(ref reader),
        DroppedAttributesCount = reader.ReadUInt32(),
        SchemaUrl = reader.ReadString(),
        EntityReferences = ReadItems(ref reader, ReadEntity),
    };

    /// <summary>A scope.</summary>
    public static InstrumentationScope ReadScope(ref AvroReader reader) => new()
    {
        Name = reader.ReadString(),
        Version = reader.ReadString(),
        Attributes = ReadAttributes(ref reader),
        DroppedAttributesCount = reader.ReadUInt32(),
        SchemaUrl = reader.ReadString(),
    };

    /// <summary>A union of null and a threshold.</summary>
    public static ulong? ReadThreshold(ref AvroReader reader)
    {
        if (reader.ReadIndex(2) == 0)
            return null;
        var value = reader.ReadLong();
        return (ulong)value < Sampling.SamplingThreshold.Ceiling ? (ulong)value : throw reader.Malformed($"{value} is not a sampling threshold");
    }

    /// <summary>A map of attribute values.</summary>
    public static AttributeList ReadAttributes(ref AvroReader reader) => ReadAttributes(ref reader, 0);

    /// <summary>One attribute value.</summary>
    public static AttributeValue ReadValue(ref AvroReader reader) => ReadValue(ref reader, 0);

    private static AttributeList ReadAttributes(ref AvroReader reader, int depth)
    {
        AttributeList? attributes = null;
        while (reader.ReadBlock(out _) is var count and > 0)
        {
            attributes ??= [];
            for (; count > 0; count--)
                attributes.Append(reader.ReadString(), ReadValue(ref reader, depth));
        }

        attributes?.KeepLastOfEachKey();
        return attributes ?? AttributeList.Empty;
    }

    private static AttributeValue ReadValue(ref AvroReader reader, int depth) => (AttributeValueKind)reader.ReadIndex(8) switch
    {
        AttributeValueKind.String => AttributeValue.From(reader.ReadString()),
        AttributeValueKind.Boolean => AttributeValue.From(reader.ReadBoolean()),
        AttributeValueKind.Long => AttributeValue.From(reader.ReadLong()),
        AttributeValueKind.Double => AttributeValue.From(reader.ReadDouble()),
        AttributeValueKind.Bytes => AttributeValue.From(reader.ReadBytes().ToArray()),
        AttributeValueKind.Array => AttributeValue.From(ReadArray(ref reader, Deeper(ref reader, depth))),
        AttributeValueKind.Map => AttributeValue.From(ReadAttributes(ref reader, Deeper(ref reader, depth))),
        _ => AttributeValue.Empty,
    };

    private static List<AttributeValue> ReadArray(ref AvroReader reader, int depth)
    {
        var values = new List<AttributeValue>();
        while (reader.ReadBlock(out _) is var count and > 0)
            for (; count > 0; count--)
                values.Add(ReadValue(ref reader, depth));
        return values;
    }

    internal static int Deeper(ref AvroReader reader, int depth) =>
        depth < MaxDepth ? depth + 1 : throw reader.Malformed($"attribute values nest deeper than {MaxDepth}");

    private static IReadOnlyList<T> ReadItems<T>(ref AvroReader reader, ItemReader<T> readItem)
    {
        List<T>? items = null;
        while (reader.ReadBlock(out _) is var count and > 0)
        {
            items ??= [];
            for (; count > 0; count--)
                items.Add(readItem(ref reader));
        }

        return items ?? (IReadOnlyList<T>)[];
    }

    private static SpanEvent ReadEvent(ref AvroReader reader) => new()
    {
        TimeUnixNano = (ulong)reader.ReadLong(),
        Name = reader.ReadString(),
        Attributes = ReadAttributes(ref reader),
        DroppedAttributesCount = reader.ReadUInt32(),
    };

    private static SpanLink ReadLink(ref AvroReader reader) => new()
    {
        TraceId = TraceId.Read(reader.ReadRaw(TraceId.LengthBytes)),
        SpanId = SpanId.Read(reader.ReadRaw(SpanId.LengthBytes)),
        TraceState = reader.ReadString(),
        Flags = reader.ReadUInt32(),
        Attributes = ReadAttributes(ref reader),
        DroppedAttributesCount = reader.ReadUInt32(),
    };

    private static EntityReference ReadEntity(ref AvroReader reader) => new()
    {
        SchemaUrl = reader.ReadString(),
        Type = reader.ReadString(),
        IdKeys = ReadItems(ref reader, ReadText),
        DescriptionKeys = ReadItems(ref reader, ReadText),
    };

    private static string ReadText(ref AvroReader reader) => reader.ReadString();
}
