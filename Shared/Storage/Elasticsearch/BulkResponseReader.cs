using System.Text.Json;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>Reads the outcomes of a bulk response, in the order of the items.</summary>
internal static class BulkResponseReader
{
    /// <summary>The outcomes, or null where the body is not a bulk response.</summary>
    public static List<BulkOutcome>? Read(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        try
        {
            return FindItems(ref reader) ? ReadItems(ref reader) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool FindItems(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isItems = reader.ValueTextEquals("items"u8);
            reader.Read();
            if (isItems)
                return reader.TokenType == JsonTokenType.StartArray;
            reader.Skip();
        }

        return false;
    }

    private static List<BulkOutcome> ReadItems(ref Utf8JsonReader reader)
    {
        var outcomes = new List<BulkOutcome>();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            reader.Read(); // the action's name
            reader.Read(); // its object
            outcomes.Add(ReadOutcome(ref reader));
            reader.Read(); // the item's end
        }

        return outcomes;
    }

    private static BulkOutcome ReadOutcome(ref Utf8JsonReader reader)
    {
        var outcome = default(BulkOutcome);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("status"u8))
            {
                reader.Read();
                outcome = outcome with { Status = reader.GetInt32() };
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                reader.Read();
                outcome = outcome with { Reason = ReadError(ref reader) };
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return outcome;
    }

    private static string ReadError(ref Utf8JsonReader reader)
    {
        using var error = JsonDocument.ParseValue(ref reader);
        if (error.RootElement.ValueKind != JsonValueKind.Object)
            return error.RootElement.ToString();
        var text = Describe(error.RootElement);
        return error.RootElement.TryGetProperty("caused_by", out var cause) && cause.ValueKind == JsonValueKind.Object ? $"{text} ({Describe(cause)})" : text;
    }

    private static string Describe(JsonElement error) => $"{Text(error, "type")}: {Text(error, "reason")}";

    private static string Text(JsonElement error, string name) => error.TryGetProperty(name, out var value) ? value.ToString() : "";
}
