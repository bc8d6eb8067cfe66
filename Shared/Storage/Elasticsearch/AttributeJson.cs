using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>Attribute values as JSON, in the form that Jaeger reads them back with their type.</summary>
internal static class AttributeJson
{
    /// <summary>Text as it is, without escapes that JSON does not ask for.</summary>
    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Writes a value. Numbers that are not whole, and doubles, carry a point or exponent; lists and maps become JSON text, as Jaeger has them; bytes hex.</summary>
    public static void Write(Utf8JsonWriter json, AttributeValue value)
    {
        switch (value.Kind)
        {
            case AttributeValueKind.Boolean:
                json.WriteBooleanValue(value.AsBoolean);
                break;
            case AttributeValueKind.Long:
                json.WriteNumberValue(value.AsLong);
                break;
            case AttributeValueKind.Double when double.IsFinite(value.AsDouble):
                json.WriteRawValue(ToText(value.AsDouble), skipInputValidation: true);
                break;
            case AttributeValueKind.Bytes:
                json.WriteStringValue(Convert.ToHexStringLower(value.AsBytes));
                break;
            case AttributeValueKind.Array or AttributeValueKind.Map:
                json.WriteStringValue(ToJsonText(value));
                break;
            default:
                json.WriteStringValue(value.ToString());
                break;
        }
    }

    /// <summary>Writes <c>{"key","type","value"}</c>.</summary>
    public static void WriteTyped(Utf8JsonWriter json, string key, AttributeValue value)
    {
        json.WriteStartObject();
        json.WriteString("key"u8, key);
        json.WriteString("type"u8, TypeOf(value));
        json.WritePropertyName("value"u8);
        Write(json, value);
        json.WriteEndObject();
    }

    /// <summary>Reads a typed pair's value; what does not fit its type stays text.</summary>
    public static AttributeValue Read(string? type, JsonElement value)
    {
        var text = value.ToString();
        return type switch
        {
            "bool" => AttributeValue.From(value.ValueKind == JsonValueKind.True || text == "true"),
            "int64" when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => AttributeValue.From(whole),
            "float64" when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => AttributeValue.From(number),
            "binary" => ReadBytes(text),
            "string" => AttributeValue.From(text),
            _ => Read(value),
        };
    }

    /// <summary>Reads a value by its JSON form: a number with point or exponent is a double.</summary>
    public static AttributeValue Read(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => AttributeValue.From(value.GetBoolean()),
        JsonValueKind.Number => ReadNumber(value),
        _ => AttributeValue.From(value.ToString()),
    };

    private static AttributeValue ReadNumber(JsonElement value)
    {
        var isWhole = value.GetRawText().AsSpan().IndexOfAny('.', 'e', 'E') < 0;
        return isWhole && value.TryGetInt64(out var whole) ? AttributeValue.From(whole) : AttributeValue.From(value.GetDouble());
    }

    private static AttributeValue ReadBytes(string hex)
    {
        var bytes = new byte[hex.Length / 2];
        var isHex = Convert.FromHexString(hex, bytes, out _, out var written) == OperationStatus.Done && written == bytes.Length;
        return isHex ? AttributeValue.From(bytes) : AttributeValue.From(hex);
    }

    private static string TypeOf(AttributeValue value) => value.Kind switch
    {
        AttributeValueKind.Boolean => "bool",
        AttributeValueKind.Long => "int64",
        AttributeValueKind.Double when double.IsFinite(value.AsDouble) => "float64",
        AttributeValueKind.Bytes => "binary",
        _ => "string",
    };

    private static string ToText(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text;
    }

    private static string ToJsonText(AttributeValue value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, WriterOptions))
            WriteNested(json, value);
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteNested(Utf8JsonWriter json, AttributeValue value)
    {
        switch (value.Kind)
        {
            case AttributeValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.AsArray)
                    WriteNested(json, item);
                json.WriteEndArray();
                break;
            case AttributeValueKind.Map:
                json.WriteStartObject();
                foreach (var (key, item) in value.AsMap)
                {
                    json.WritePropertyName(key);
                    WriteNested(json, item);
                }

                json.WriteEndObject();
                break;
            case AttributeValueKind.Empty:
                json.WriteNullValue();
                break;
            default:
                Write(json, value);
                break;
        }
    }
}
