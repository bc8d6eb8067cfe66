using System.Buffers;
using System.Text.Json;
using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>A resource as its spans' documents carry it, rendered once.</summary>
/// <param name="Id">The id of its definition: a hash of all that it says.</param>
/// <param name="Hash">The same as a number.</param>
/// <param name="Process">Jaeger's <c>process</c> object.</param>
/// <param name="Encoded">The resource in Avro, as the definition holds it.</param>
/// <param name="Pairs">What it can be found by.</param>
internal sealed record ResourceDocument(string Id, ulong Hash, byte[] Process, byte[] Encoded, IReadOnlyCollection<ulong> Pairs)
{
    public static ResourceDocument Build(Resource resource, ReadOnlySpan<byte> encoded)
    {
        var hash = ContentHash.Of(encoded);
        var pairs = new HashSet<ulong>();
        SpanTags.Visit(resource.Attributes, (key, value) => pairs.Add(ContentHash.OfPair(key, value)));
        return new ResourceDocument("r" + TagToken.Of(hash), hash, RenderProcess(resource), encoded.ToArray(), pairs);
    }

    private static byte[] RenderProcess(Resource resource)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, AttributeJson.WriterOptions);
        json.WriteStartObject();
        json.WriteString("serviceName"u8, resource.ServiceName);
        var isNamed = resource.Attributes.Text("service.name") is { Length: > 0 };
        var others = resource.Attributes.Where(a => !(isNamed && a.Key == "service.name")).ToLookup(IsField);
        if (others[true].Any())
            WriteFields(json, others[true]);
        if (others[false].Any())
            WriteTags(json, others[false]);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static bool IsField(KeyValuePair<string, AttributeValue> attribute) => TagNames.CanBeField(attribute.Key) && attribute.Value.Kind != AttributeValueKind.Bytes;

    private static void WriteFields(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, AttributeValue>> attributes)
    {
        json.WriteStartObject("tag"u8);
        foreach (var (key, value) in attributes)
        {
            json.WritePropertyName(TagNames.ToField(key));
            AttributeJson.Write(json, value);
        }

        json.WriteEndObject();
    }

    private static void WriteTags(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, AttributeValue>> attributes)
    {
        json.WriteStartArray("tags"u8);
        foreach (var (key, value) in attributes)
            AttributeJson.WriteTyped(json, key, value);
        json.WriteEndArray();
    }
}
