using System.Runtime.CompilerServices;
using System.Text;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;
using Pipeline.TestKit;
using Xunit;

namespace Pipeline.Shared.Tests.Encoding;

/// <summary>
/// Framed records as hex, 32 bytes a line. What was written once lies in logs, stores and dumps: it must be readable for ever, and written the same unless a change is meant.
/// </summary>
public sealed class GoldenRecordTests
{
    private static readonly RecordFraming Framing = new();

    [Fact]
    public void Smallest_span_batch() => VerifyBatch("span-batch-smallest.v1.hex", "", GoldenRecords.Smallest);

    [Fact]
    public void Span_batch_with_everything() => VerifyBatch("span-batch-full.v1.hex", "acme", GoldenRecords.Full);

    [Fact]
    public void Span_batch_of_several_services() => VerifyBatch("span-batch-several.v1.hex", "acme", GoldenRecords.Several);

    [Fact]
    public void Kept_trace() => VerifyKept("kept-trace.v1.hex", GoldenRecords.Kept);

    [Fact]
    public void Late_spans() => VerifyKept("kept-trace-late.v1.hex", GoldenRecords.Late);

    [Fact]
    public void Step_record()
    {
        var body = Verify("step-record.v1.hex", RecordSchema.StepRecord, Records.Encode(GoldenRecords.Step.Write));
        AssertSame(GenericRecords.Of(GoldenRecords.Step), GenericRecords.Of(StepRecord.Read(body)));
    }

    [Fact]
    public void Edge_deltas()
    {
        var body = Verify("edge-deltas.v1.hex", RecordSchema.EdgeDeltas, Records.Encode(GoldenRecords.Deltas.Write));
        AssertSame(GenericRecords.Of(GoldenRecords.Deltas), GenericRecords.Of(EdgeDeltas.Read(body)));
    }

    [Fact]
    public void Edge_totals()
    {
        var body = Verify("edge-totals.v1.hex", RecordSchema.EdgeTotals, Records.Encode(GoldenRecords.Totals.Write));
        AssertSame(GenericRecords.Of(GoldenRecords.Totals), GenericRecords.Of(EdgeTotals.Read(body)));
    }

    private static void VerifyBatch(string name, string tenant, IReadOnlyList<Span> spans)
    {
        var body = Verify(name, RecordSchema.SpanBatch, Records.Encode(tenant, spans));
        var set = new SpanSet();
        Assert.Equal(tenant, SpanBatchRecord.Read(body.Span, set));
        Assert.Equal(spans, set.Decode(body.Span));
    }

    private static void VerifyKept(string name, KeptTrace trace)
    {
        var body = Verify(name, RecordSchema.KeptTrace, Records.Encode(trace));
        Records.AssertSame(trace, KeptTraceReader.Read(body));
    }

    // Returns the body that the file holds, which is what the decoder is then tried on.
    private static ReadOnlyMemory<byte> Verify(string name, RecordSchema schema, byte[] body, [CallerFilePath] string test = "")
    {
        var record = Records.Encode(writer =>
        {
            Framing.WritePrefix(writer, schema);
            writer.WriteRaw(body);
        });
        Golden.Verify(name, Lines(record));
        var stored = File.ReadAllText(Path.Combine(Path.GetDirectoryName(test)!, "golden", name));
        return Framing.Unframe(Convert.FromHexString(stored.ReplaceLineEndings("")), schema);
    }

    private static string Lines(byte[] bytes) => bytes.Chunk(32).Aggregate(new StringBuilder(), (text, line) => text.Append(Convert.ToHexStringLower(line)).Append('\n')).ToString();

    private static void AssertSame(Avro.Generic.GenericRecord expected, Avro.Generic.GenericRecord actual) => Assert.Equal(AvroOracle.Dump(expected), AvroOracle.Dump(actual));
}
