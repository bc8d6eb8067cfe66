using Avro;

namespace Pipeline.Shared.Encoding;

/// <summary>Goes past values of any Avro schema, where <see cref="AvroSkip"/> knows only spans. Throws <see cref="EncodingException"/>.</summary>
internal static class AvroSchemaSkip
{
    // Attribute values nest in records; a few more lie around them.
    private const int MaxDepth = ModelDecoder.MaxDepth + 16;

    /// <summary>Past one value.</summary>
    public static void Value(ref AvroReader reader, Schema schema) => Value(ref reader, schema, 0);

    private static void Value(ref AvroReader reader, Schema schema, int depth)
    {
        switch (schema)
        {
            case Avro.RecordSchema record:
                Record(ref reader, record, depth + 1);
                break;
            case ArraySchema array:
                Items(ref reader, array.ItemSchema, isMap: false, depth);
                break;
            case MapSchema map:
                Items(ref reader, map.ValueSchema, isMap: true, depth);
                break;
            case UnionSchema union:
                Value(ref reader, union.Schemas[reader.ReadIndex(union.Schemas.Count)], depth);
                break;
            case FixedSchema bytes:
                reader.ReadRaw(bytes.Size);
                break;
            case EnumSchema symbols:
                reader.ReadIndex(symbols.Symbols.Count);
                break;
            default:
                Primitive(ref reader, schema.Tag);
                break;
        }
    }

    private static void Record(ref AvroReader reader, Avro.RecordSchema record, int depth)
    {
        if (depth > MaxDepth)
            throw reader.Malformed($"records nest deeper than {MaxDepth}");
        foreach (var field in record.Fields)
            Value(ref reader, field.Schema, depth);
    }

    private static void Items(ref AvroReader reader, Schema items, bool isMap, int depth)
    {
        while (reader.ReadBlock(out var size) is var count and > 0)
        {
            if (size >= 0)
            {
                reader.ReadRaw(size);
                continue;
            }

            for (; count > 0; count--)
            {
                if (isMap)
                    reader.ReadBytes();
                Value(ref reader, items, depth);
            }
        }
    }

    private static void Primitive(ref AvroReader reader, Schema.Type type)
    {
        switch (type)
        {
            case Schema.Type.Null:
                break;
            case Schema.Type.Boolean:
                reader.ReadBoolean();
                break;
            case Schema.Type.Int:
                reader.ReadInt();
                break;
            case Schema.Type.Long:
                reader.ReadLong();
                break;
            case Schema.Type.Float:
                reader.ReadRaw(4);
                break;
            case Schema.Type.Double:
                reader.ReadRaw(8);
                break;
            case Schema.Type.Bytes or Schema.Type.String:
                reader.ReadBytes();
                break;
            default:
                throw reader.Malformed($"values of type {type} cannot be read");
        }
    }
}
