using FsCheck.Xunit;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;
using Pipeline.TestKit;
using Xunit;

namespace Pipeline.Shared.Tests.Encoding;

/// <summary>What we write Apache.Avro reads as the same content; what Apache.Avro writes, in one block or in many, we read as the same records.</summary>
[Properties(Arbitrary = [typeof(ArbitrarySpans), typeof(ArbitraryRecords)], MaxTest = 100, QuietOnSuccess = true)]
public sealed class CodecAgreesWithApacheAvroTests
{
    [Property]
    public void Span_batches_are_read_as_the_same_content(string? tenant, Span[] spans)
    {
        var body = Records.Encode(tenant ?? "", spans);

        Assert.Equal(AvroOracle.Dump(GenericRecords.Of(tenant ?? "", spans)), AvroOracle.Dump(AvroOracle.Read(RecordSchema.SpanBatch, body)));
    }

    [Property]
    public void Span_batches_of_apache_avro_are_read_as_the_same_spans(Span[] spans, bool manyBlocks)
    {
        var body = AvroOracle.Write(RecordSchema.SpanBatch, GenericRecords.Of("t", spans), manyBlocks);

        Assert.Equal(spans, SpanBatchRecord.ReadSpans(body));
    }

    [Property]
    public void Kept_traces_are_read_as_the_same_content(KeptTrace trace)
    {
        var body = Records.Encode(trace);

        Assert.Equal(AvroOracle.Dump(GenericRecords.Of(trace)), AvroOracle.Dump(AvroOracle.Read(RecordSchema.KeptTrace, body)));
    }

    [Property]
    public void Kept_traces_of_apache_avro_are_read_as_the_same_trace(KeptTrace trace, bool manyBlocks)
    {
        var body = AvroOracle.Write(RecordSchema.KeptTrace, GenericRecords.Of(trace), manyBlocks);

        Records.AssertSame(trace, KeptTraceReader.Read(body));
    }

    [Property]
    public void Step_records_are_read_as_the_same_content(StepRecord step)
    {
        var body = Records.Encode(step.Write);

        Assert.Equal(AvroOracle.Dump(GenericRecords.Of(step)), AvroOracle.Dump(AvroOracle.Read(RecordSchema.StepRecord, body)));
    }

    [Property]
    public void Step_records_of_apache_avro_are_read_as_the_same_step(StepRecord step, bool manyBlocks) =>
        AssertSame(GenericRecords.Of(step), GenericRecords.Of(StepRecord.Read(AvroOracle.Write(RecordSchema.StepRecord, GenericRecords.Of(step), manyBlocks))));

    [Property]
    public void Edge_deltas_are_read_as_the_same_content(EdgeDeltas deltas) =>
        AssertSame(GenericRecords.Of(deltas), AvroOracle.Read(RecordSchema.EdgeDeltas, Records.Encode(deltas.Write)));

    [Property]
    public void Edge_deltas_of_apache_avro_are_read_as_the_same_deltas(EdgeDeltas deltas, bool manyBlocks) =>
        AssertSame(GenericRecords.Of(deltas), GenericRecords.Of(EdgeDeltas.Read(AvroOracle.Write(RecordSchema.EdgeDeltas, GenericRecords.Of(deltas), manyBlocks))));

    [Property]
    public void Edge_totals_are_read_as_the_same_content(EdgeTotals totals) =>
        AssertSame(GenericRecords.Of(totals), AvroOracle.Read(RecordSchema.EdgeTotals, Records.Encode(totals.Write)));

    [Property]
    public void Edge_totals_of_apache_avro_are_read_as_the_same_totals(EdgeTotals totals, bool manyBlocks) =>
        AssertSame(GenericRecords.Of(totals), GenericRecords.Of(EdgeTotals.Read(AvroOracle.Write(RecordSchema.EdgeTotals, GenericRecords.Of(totals), manyBlocks))));

    private static void AssertSame(Avro.Generic.GenericRecord expected, Avro.Generic.GenericRecord actual) => Assert.Equal(AvroOracle.Dump(expected), AvroOracle.Dump(actual));
}
