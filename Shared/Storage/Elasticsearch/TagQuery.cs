using System.Globalization;
using System.Text.Json;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>Clauses that find candidates for a tag: every span that carries it, and perhaps a few more, which the exact check sorts out.</summary>
internal static class TagQuery
{
    /// <summary>Under what long span names are unlisted. An attribute of this key would at most add a candidate.</summary>
    public const string OperationKey = "\0operationName";

    /// <summary>Under what long service names are unlisted.</summary>
    public const string ServiceKey = "\0serviceName";

    /// <summary>A span whose service or name is this.</summary>
    public static void WriteName(Utf8JsonWriter json, string field, string unlistedKey, string value)
    {
        if (value.Length > TagNames.MaxSearchableLength)
            WriteTerm(json, "unlisted", TagToken.Of(ContentHash.OfPair(unlistedKey, value)));
        else
            WriteTerm(json, field, value);
    }

    /// <summary>A span that carries the pair, itself or in one of these resources; null stands for any resource.</summary>
    public static void WriteTag(Utf8JsonWriter json, string key, string value, IReadOnlyCollection<string> resources)
    {
        json.WriteStartObject();
        json.WriteStartObject("bool"u8);
        json.WriteStartArray("should"u8);
        WriteTerm(json, "unlisted", TagToken.Of(ContentHash.OfPair(key, value)));
        if (TagNames.CanBeField(key) && value.Length <= TagNames.MaxSearchableLength)
            foreach (var text in IndexedTexts(value))
                WriteTerm(json, "tag." + TagNames.ToField(key), text);
        if (resources.Count > 0)
            WriteTerms(json, "resource", resources);
        json.WriteEndArray();
        json.WriteNumber("minimum_should_match"u8, 1);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>A span without status error.</summary>
    public static void WriteNoError(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("bool"u8);
        json.WriteStartArray("must_not"u8);
        WriteTerm(json, "tag." + SpanTags.Error, "true");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void WriteTerm(Utf8JsonWriter json, string field, string value)
    {
        json.WriteStartObject();
        json.WriteStartObject("term"u8);
        json.WriteString(field, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void WriteTerms(Utf8JsonWriter json, string field, IEnumerable<string> values)
    {
        json.WriteStartObject();
        json.WriteStartObject("terms"u8);
        json.WriteStartArray(field);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // A whole double is written with a point, so that Jaeger keeps its type; its text has none.
    private static IEnumerable<string> IndexedTexts(string value)
    {
        yield return value;
        if (value.Length > 0 && double.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            yield return value + ".0";
    }
}
