using System.Globalization;
using System.Text;
using System.Text.Json;
using Pipeline.Shared.Model;

namespace Pipeline.Query.Traces;

/// <summary>Writes tags: <c>{"key","type","value"}</c>, type one of string, bool, int64, float64, binary.</summary>
internal static class JaegerTagWriter
{
    // What JavaScript's numbers hold exactly; beyond it a number is written as text.
    private const long MaxSafeInteger = (1L << 53) - 1;

    public static void Write(Utf8JsonWriter json, string key, string value)
    {
        Begin(json, key, "string");
        json.WriteString("value", value);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, string key, AttributeValue value)
    {
        Begin(json, key, TypeOf(value.Kind));
        json.WritePropertyName("value");
        WriteValue(json, value);
        json.WriteEndObject();
    }

    private static void Begin(Utf8JsonWriter json, string key, string type)
    {
        json.WriteStartObject();
        json.WriteString("key", key);
        json.WriteString("type", type);
    }

    private static string TypeOf(AttributeValueKind kind) => kind switch
    {
        AttributeValueKind.Boolean => "bool",
        AttributeValueKind.Long => "int64",
        AttributeValueKind.Double => "float64",
        AttributeValueKind.Bytes => "binary",
        _ => "string",
    };

    private static void WriteValue(Utf8JsonWriter json, AttributeValue value)
    {
        switch (value.Kind)
        {
            case AttributeValueKind.Boolean:
                json.WriteBooleanValue(value.AsBoolean);
                break;
            case AttributeValueKind.Long when value.AsLong is >= -MaxSafeInteger and <= MaxSafeInteger:
                json.WriteNumberValue(value.AsLong);
                break;
            case AttributeValueKind.Double when double.IsFinite(value.AsDouble):
                json.WriteNumberValue(value.AsDouble);
                break;
            case AttributeValueKind.Bytes:
                json.WriteBase64StringValue(value.AsBytes);
                break;
            case AttributeValueKind.Array or AttributeValueKind.Map:
                json.WriteStringValue(ToJson(value));
                break;
            default:
                json.WriteStringValue(value.ToString());
                break;
        }
    }

    // Lists and maps have no type of their own in Jaeger's model: they are shown as JSON text.
    private static string ToJson(AttributeValue value)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            WriteNested(json, value);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
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
            case AttributeValueKind.Long:
                json.WriteRawValue(value.AsLong.ToString(CultureInfo.InvariantCulture));
                break;
            default:
                WriteValue(json, value);
                break;
        }
    }
}
