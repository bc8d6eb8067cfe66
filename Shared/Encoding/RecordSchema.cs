namespace Pipeline.Shared.Encoding;

/// <summary>One of the Avro schemas of the wire contract, as this build writes it.</summary>
public sealed class RecordSchema
{
    private RecordSchema(string name)
    {
        Name = name;
        using var stream = typeof(RecordSchema).Assembly.GetManifestResourceStream(name + ".avsc")
            ?? throw new InvalidOperationException($"The schema {name}.avsc is not part of this build.");
        using var reader = new StreamReader(stream, System.Text.Encoding.UTF8);
        Json = reader.ReadToEnd();
        Parsed = Avro.Schema.Parse(Json);
        Fingerprint = FingerprintOf(Parsed);
    }

    /// <summary>Spans on their way to an aggregator.</summary>
    public static RecordSchema SpanBatch { get; } = new("SpanBatch");

    /// <summary>A piece of a kept trace.</summary>
    public static RecordSchema KeptTrace { get; } = new("KeptTrace");

    /// <summary>The decisions and the progress of one step.</summary>
    public static RecordSchema StepRecord { get; } = new("StepRecord");

    /// <summary>What one step adds to the service edges.</summary>
    public static RecordSchema EdgeDeltas { get; } = new("EdgeDeltas");

    /// <summary>The totals of one series.</summary>
    public static RecordSchema EdgeTotals { get; } = new("EdgeTotals");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<RecordSchema> All { get; } = [SpanBatch, KeptTrace, StepRecord, EdgeDeltas, EdgeTotals];

    /// <summary>The record's name without namespace.</summary>
    public string Name { get; }

    /// <summary>The schema's text.</summary>
    public string Json { get; }

    /// <summary>The schema as Apache.Avro sees it.</summary>
    public Avro.Schema Parsed { get; }

    /// <summary>CRC-64-AVRO of the parsing canonical form (Avro specification, "Schema fingerprints").</summary>
    public ulong Fingerprint { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>CRC-64-AVRO of a schema's parsing canonical form.</summary>
    internal static ulong FingerprintOf(Avro.Schema schema) => Crc64Avro.Of(System.Text.Encoding.UTF8.GetBytes(Avro.SchemaNormalization.ToParsingForm(schema)));
}
