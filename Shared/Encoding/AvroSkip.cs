namespace Pipeline.Shared.Encoding;

/// <summary>Goes past parts of encoded spans without decoding them; blocks with a byte size are jumped over whole.</summary>
public static class AvroSkip
{
    private delegate void ItemSkipper(ref AvroReader reader);

    /// <summary>Past what follows a span's head.</summary>
    public static void SpanTail(ref AvroReader reader)
    {
        reader.ReadBytes();
        reader.ReadBytes();
        reader.ReadBytes();
        Attributes(ref reader);
        reader.ReadLong();
        Items(ref reader, Event);
        reader.ReadLong();
        Items(ref reader, Link);
        reader.ReadLong();
    }

    /// <summary>Past a resource.</summary>
    public static void Resource(ref AvroReader reader)
    {
        Attributes(ref reader);
        reader.ReadLong();
        reader.ReadBytes();
        Items(ref reader, Entity);
    }

    /// <summary>Past a scope.</summary>
    public static void Scope(ref AvroReader reader)
    {
        reader.ReadBytes();
        reader.ReadBytes();
        Attributes(ref reader);
        reader.ReadLong();
        reader.ReadBytes();
    }

    /// <summary>Past a map of attributes.</summary>
    public static void Attributes(ref AvroReader reader) => Attributes(ref reader, 0);

    /// <summary>Past the events of a span.</summary>
    public static void Events(ref AvroReader reader) => Items(ref reader, Event);

    /// <summary>Past one attribute value.</summary>
    public static void Value(ref AvroReader reader) => Value(ref reader, 0);

    private static void Attributes(ref AvroReader reader, int depth)
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
                reader.ReadBytes();
                Value(ref reader, depth);
            }
        }
    }

    private static void Value(ref AvroReader reader, int depth)
    {
        switch (reader.ReadIndex(8))
        {
            case 1 or 5:
                reader.ReadBytes();
                break;
            case 2:
                reader.ReadRaw(1);
                break;
            case 3:
                reader.ReadLong();
                break;
            case 4:
                reader.ReadRaw(8);
                break;
            case 6:
                Array(ref reader, ModelDecoder.Deeper(ref reader, depth));
                break;
            case 7:
                Attributes(ref reader, ModelDecoder.Deeper(ref reader, depth));
                break;
        }
    }

    private static void Array(ref AvroReader reader, int depth)
    {
        while (reader.ReadBlock(out var size) is var count and > 0)
        {
            if (size >= 0)
                reader.ReadRaw(size);
            else
                for (; count > 0; count--)
                    Value(ref reader, depth);
        }
    }

    private static void Items(ref AvroReader reader, ItemSkipper skip)
    {
        while (reader.ReadBlock(out var size) is var count and > 0)
        {
            if (size >= 0)
                reader.ReadRaw(size);
            else
                for (; count > 0; count--)
                    skip(ref reader);
        }
    }

    private static void Event(ref AvroReader reader)
    {
        reader.ReadLong();
        reader.ReadBytes();
        Attributes(ref reader);
        reader.ReadLong();
    }

    private static void Link(ref AvroReader reader)
    {
        reader.ReadRaw(24);
        reader.ReadBytes();
        reader.ReadLong();
        Attributes(ref reader);
        reader.ReadLong();
    }

    private static void Entity(ref AvroReader reader)
    {
        reader.ReadBytes();
        reader.ReadBytes();
        Items(ref reader, Text);
        Items(ref reader, Text);
    }

    private static void Text(ref AvroReader reader) => reader.ReadBytes();
}
