using System.Collections;
using System.Globalization;
using System.Text;
using Avro.Generic;
using Avro.IO;
using Xunit;
using Encoder = Avro.IO.Encoder;
using RecordSchema = Pipeline.Shared.Encoding.RecordSchema;

namespace Pipeline.Shared.Tests.Encoding;

/// <summary>Apache.Avro's generic reader and writer: the slow, obvious reference for our codec.</summary>
internal static class AvroOracle
{
    /// <summary>Writes one positive-count block per array and map, as Apache.Avro does, or one block for each item.</summary>
    public static byte[] Write(RecordSchema schema, GenericRecord record, bool manyBlocks = false)
    {
        using var stream = new MemoryStream();
        new GenericDatumWriter<GenericRecord>(schema.Parsed).Write(record, manyBlocks ? new ManyBlocksEncoder(stream) : new BinaryEncoder(stream));
        return stream.ToArray();
    }

    /// <summary>Reads one record, which must take all of the bytes.</summary>
    public static GenericRecord Read(RecordSchema schema, ReadOnlySpan<byte> body)
    {
        using var stream = new MemoryStream(body.ToArray());
        var record = new GenericDatumReader<GenericRecord>(schema.Parsed, schema.Parsed).Read(null!, new BinaryDecoder(stream));
        Assert.Equal(stream.Length, stream.Position);
        return record;
    }

    /// <summary>The content as text; equal texts mean equal content, floating point numbers to the last bit. Maps in their own order, or by key.</summary>
    public static string Dump(object? value, bool sortMaps = true)
    {
        var text = new StringBuilder();
        Dump(text, value, sortMaps);
        return text.ToString();
    }

    private static void Dump(StringBuilder text, object? value, bool sortMaps)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case GenericRecord record:
                text.Append(record.Schema.Name);
                DumpItems(text, record.Schema.Fields.Select(f => (f.Name, (object?)record.GetValue(f.Pos))), sortMaps);
                break;
            case GenericEnum symbol:
                text.Append(symbol.Value);
                break;
            case GenericFixed bytes:
                text.Append(Convert.ToHexString(bytes.Value));
                break;
            case byte[] bytes:
                text.Append("bytes ").Append(Convert.ToHexString(bytes));
                break;
            case double number:
                text.Append("double ").Append(BitConverter.DoubleToInt64Bits(number).ToString("x16", CultureInfo.InvariantCulture));
                break;
            case string word:
                text.Append('"').Append(word.Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
                break;
            case IDictionary<string, object> map:
                DumpItems(text, (sortMaps ? map.OrderBy(p => p.Key, StringComparer.Ordinal) : map.AsEnumerable()).Select(p => (p.Key, (object?)p.Value)), sortMaps);
                break;
            case IEnumerable items:
                DumpItems(text, items.Cast<object?>().Select((item, i) => (i.ToString(CultureInfo.InvariantCulture), item)), sortMaps);
                break;
            default:
                text.Append(value.GetType().Name).Append(' ').Append(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static void DumpItems(StringBuilder text, IEnumerable<(string Name, object? Value)> items, bool sortMaps)
    {
        text.Append('{');
        foreach (var (name, value) in items)
        {
            text.Append('\n').Append(name).Append('=');
            Dump(text, value, sortMaps);
        }

        text.Append('}');
    }

    // Ends the block before each item but the first, and begins one of its own.
    private sealed class ManyBlocksEncoder(Stream stream) : BinaryEncoder(stream), Encoder
    {
        void Encoder.SetItemCount(long value)
        {
        }

        void Encoder.StartItem() => WriteLong(1);
    }
}
