using System.Text.Json.Nodes;
using Pipeline.Shared.Encoding;
using Pipeline.TestKit;
using Xunit;

namespace Pipeline.Shared.Tests.Encoding;

public sealed class RecordSchemaTests
{
    private static readonly string[] SharedByBatchesAndTraces = ["Resource", "Scope", "Span", "Event", "Link", "EntityReference", "AttributeArray", "AttributeMap", "TraceId", "SpanId", "SpanKind", "StatusCode"];

    // Worked out apart from this code (parsing canonical form and CRC-64-AVRO, Avro specification). A released fingerprint must never change: records that carry it lie in logs and dumps.
    // A changed schema gets a new name or an entry in a list of older schemas beside the current one.
    [Theory]
    [InlineData("SpanBatch", 0x8c9c72d074752e17UL)]
    [InlineData("KeptTrace", 0x549f2e9dfb9ba064UL)]
    [InlineData("StepRecord", 0xf5dfaff7201958c6UL)]
    [InlineData("EdgeDeltas", 0x15a06fe6d79a8b48UL)]
    [InlineData("EdgeTotals", 0xdc1088b8ed6c07caUL)]
    public void Fingerprint_of_a_released_schema_stays(string name, ulong fingerprint) =>
        Assert.Equal($"{fingerprint:x16}", $"{RecordSchema.All.Single(s => s.Name == name).Fingerprint:x16}");

    [Fact]
    public void Canonical_form_of_a_released_schema_stays()
    {
        foreach (var schema in RecordSchema.All)
            Golden.Verify($"{schema.Name}.v1.canonical.json", JsonNode.Parse(Avro.SchemaNormalization.ToParsingForm(schema.Parsed))!.ToJsonString(new() { WriteIndented = true }) + "\n");
    }

    [Fact]
    public void Every_released_schema_is_pinned() =>
        Assert.Equal(["EdgeDeltas", "EdgeTotals", "KeptTrace", "SpanBatch", "StepRecord"], RecordSchema.All.Select(s => s.Name).Order());

    [Fact]
    public void Spans_resources_and_scopes_are_defined_alike_in_batches_and_traces()
    {
        var batch = Definitions(RecordSchema.SpanBatch);
        var trace = Definitions(RecordSchema.KeptTrace);

        foreach (var name in SharedByBatchesAndTraces)
            Assert.Equal(batch[name], trace[name]);
    }

    [Fact]
    public void Series_are_defined_alike_in_deltas_and_totals()
    {
        var deltas = Definitions(RecordSchema.EdgeDeltas);
        var totals = Definitions(RecordSchema.EdgeTotals);

        Assert.Equal(deltas["Edge"], totals["Edge"]);
        Assert.Equal(deltas["Latency"], totals["Latency"]);
    }

    [Fact]
    public void Branches_of_an_attribute_value_are_in_the_order_of_the_model()
    {
        var values = ((Avro.MapSchema)((Avro.RecordSchema)((Avro.ArraySchema)((Avro.RecordSchema)RecordSchema.SpanBatch.Parsed)["resources"].Schema).ItemSchema)["attributes"].Schema).ValueSchema;

        Assert.Equal(["null", "string", "boolean", "long", "double", "bytes", "AttributeArray", "AttributeMap"], ((Avro.UnionSchema)values).Schemas.Select(s => s.Name));
    }

    // Names are resolved where they are first defined, so the text of a definition depends on the file: each is reduced to fields and names.
    private static Dictionary<string, string> Definitions(RecordSchema schema)
    {
        var found = new Dictionary<string, string>();
        Collect(JsonNode.Parse(schema.Json), found);
        return found;
    }

    private static string Collect(JsonNode? node, Dictionary<string, string> found)
    {
        if (node is JsonArray branches)
            return "[" + string.Join(',', branches.Select(b => Collect(b, found))) + "]";
        if (node is not JsonObject type)
            return node!.GetValue<string>();
        var kind = type["type"]!;
        if (kind is not JsonValue)
            return Collect(kind, found);
        switch (kind.GetValue<string>())
        {
            case "array":
                return "array of " + Collect(type["items"], found);
            case "map":
                return "map of " + Collect(type["values"], found);
            case "fixed":
                return Define(type, $"fixed({type["size"]})", found);
            case "enum":
                return Define(type, "enum" + type["symbols"]!.ToJsonString(), found);
            case "record":
                return Define(type, "record{" + string.Join(';', type["fields"]!.AsArray().Select(f => $"{f!["name"]}:{Collect(f["type"], found)}:{f["default"]?.ToJsonString()}:{f["doc"]}")) + "}", found);
            default:
                return kind.GetValue<string>();
        }
    }

    private static string Define(JsonObject type, string definition, Dictionary<string, string> found)
    {
        var name = type["name"]!.GetValue<string>();
        found.Add(name, definition);
        return name;
    }
}
