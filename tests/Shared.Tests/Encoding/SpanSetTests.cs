using FsCheck.Xunit;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;
using Pipeline.TestKit;
using Pipeline.TestKit.Storage;
using Xunit;

namespace Pipeline.Shared.Tests.Encoding;

[Properties(Arbitrary = [typeof(ArbitrarySpans), typeof(ArbitraryRecords)], MaxTest = 100, QuietOnSuccess = true)]
public sealed class SpanSetTests
{
    [Property]
    public void Batches_come_back_as_the_same_spans(string? tenant, Span[] spans)
    {
        var body = Records.Encode(tenant ?? "", spans);
        var set = new SpanSet();

        Assert.Equal(tenant ?? "", SpanBatchRecord.Read(body, set));
        Assert.Equal(spans, set.Decode(body));
    }

    [Property]
    public void Kept_traces_come_back_as_the_same_trace(KeptTrace trace) => Records.AssertSame(trace, KeptTraceReader.Read(Records.Encode(trace)));

    [Property]
    public void Spans_keep_their_bytes_from_record_to_record(Span[] spans)
    {
        var body = Records.Encode("", spans);
        var set = new SpanSet();
        SpanBatchRecord.Read(body, set);
        using var copy = new SpanSetWriter();
        foreach (var span in set.Spans)
            copy.Add(copy.IndexOfResource(body.AsSpan(set.Resources[span.ResourceIndex])), copy.IndexOfScope(body.AsSpan(set.Scopes[span.ScopeIndex])), body.AsSpan(span.Body));

        Assert.Equal(body, Records.Encode(writer => SpanBatchRecord.Write(writer, "", copy)));
    }

    [Property]
    public void Heads_say_what_the_spans_say(Span[] spans)
    {
        var set = new SpanSet();
        SpanBatchRecord.Read(Records.Encode("", spans), set);

        Assert.Equal(spans.Select(Head), set.Spans.Select(s => s.Head));
    }

    [Property]
    public void Skipping_ends_where_decoding_ends(Span span, bool manyBlocks)
    {
        var body = AvroOracle.Write(RecordSchema.SpanBatch, GenericRecords.Of("", [span]), manyBlocks);
        var set = new SpanSet();
        SpanBatchRecord.Read(body, set);

        var decoder = new AvroReader(body.AsSpan(set.Spans[0].Body));
        ModelDecoder.ReadSpanBody(ref decoder, span.Resource, span.Scope);
        var skipper = new AvroReader(body.AsSpan(set.Spans[0].Body));
        SpanHead.Read(ref skipper);
        AvroSkip.SpanTail(ref skipper);
        Assert.True(decoder.IsAtEnd);
        Assert.True(skipper.IsAtEnd);
    }

    [Fact]
    public void Resources_and_scopes_are_stated_once()
    {
        var set = new SpanSet();
        SpanBatchRecord.Read(Records.Encode("", Enumerable.Range(1, 50).Select(i => A.Span(1, i, service: "s" + i % 3))), set);

        Assert.Equal(3, set.Resources.Count);
        Assert.Single(set.Scopes);
        Assert.Equal(50, set.Spans.Count);
    }

    [Fact]
    public void Span_may_not_name_a_resource_or_scope_that_is_not_there()
    {
        using var spans = new SpanSetWriter();
        var resource = spans.IndexOfResource(Records.Encode(writer => ModelEncoder.WriteResource(writer, Resource.Empty)));
        var scope = spans.IndexOfScope(Records.Encode(writer => ModelEncoder.WriteScope(writer, InstrumentationScope.Empty)));
        var body = Records.Encode(writer => ModelEncoder.WriteSpanBody(writer, A.Span()));

        spans.Add(resource, scope, body);
        spans.Add(resource + 1, scope, body);
        Refused(spans);
        spans.Clear();
        spans.Add(0, 0, body);
        Refused(spans);
    }

    [Fact]
    public void Bytes_after_the_last_span_are_refused() =>
        Assert.Throws<EncodingException>(() => SpanBatchRecord.ReadSpans([.. Records.Encode("", [A.Span()]), 0]));

    [Fact]
    public void Bytes_after_the_end_of_a_span_are_refused_when_it_is_decoded()
    {
        using var spans = new SpanSetWriter();
        var resource = spans.IndexOfResource(Records.Encode(writer => ModelEncoder.WriteResource(writer, Resource.Empty)));
        var scope = spans.IndexOfScope(Records.Encode(writer => ModelEncoder.WriteScope(writer, InstrumentationScope.Empty)));
        spans.Add(resource, scope, [.. Records.Encode(writer => ModelEncoder.WriteSpanBody(writer, A.Span())), 0]);

        Assert.Throws<EncodingException>(() => SpanBatchRecord.ReadSpans(Records.Encode(writer => SpanBatchRecord.Write(writer, "", spans))));
    }

    [Fact]
    public void Nesting_is_read_up_to_its_limit_and_refused_beyond()
    {
        var deep = A.Span() with { Attributes = new AttributeList { { "deep", Nest(ModelDecoder.MaxDepth) } } };
        var deeper = A.Span() with { Attributes = new AttributeList { { "deeper", Nest(ModelDecoder.MaxDepth + 1) } } };

        Assert.Equal([deep], SpanBatchRecord.ReadSpans(Records.Encode("", [deep])));
        Assert.Throws<EncodingException>(() => SpanBatchRecord.ReadSpans(Records.Encode("", [deeper])));
        Assert.Equal([deep], SpanBatchRecord.ReadSpans(AvroOracle.Write(RecordSchema.SpanBatch, GenericRecords.Of("", [deep]))));
        Assert.Throws<EncodingException>(() => SpanBatchRecord.ReadSpans(AvroOracle.Write(RecordSchema.SpanBatch, GenericRecords.Of("", [deeper]))));
    }

    [Fact]
    public void Reading_a_warm_batch_allocates_nothing()
    {
        var spans = Enumerable.Range(1, 100).Select(i => RichSpans.Full(i, i)).ToList();
        foreach (var body in new[] { Records.Encode("", spans), AvroOracle.Write(RecordSchema.SpanBatch, GenericRecords.Of("", spans)) })
        {
            var set = new SpanSet();

            Assert.Equal(0, Allocated.BytesBy(() => SpanBatchRecord.Read(body, set)));
            Assert.Equal(100, set.Spans.Count);
        }
    }

    [Fact]
    public void Writing_a_warm_set_allocates_nothing()
    {
        var span = RichSpans.Full();
        var (resource, scope, body) = (Records.Encode(w => ModelEncoder.WriteResource(w, span.Resource)), Records.Encode(w => ModelEncoder.WriteScope(w, span.Scope)), Records.Encode(w => ModelEncoder.WriteSpanBody(w, span)));
        using var set = new SpanSetWriter();
        using var writer = new AvroWriter();

        Assert.Equal(0, Allocated.BytesBy(Fill));

        void Fill()
        {
            set.Clear();
            writer.Truncate();
            for (var i = 0; i < 100; i++)
                set.Add(set.IndexOfResource(resource), set.IndexOfScope(scope), body);
            SpanBatchRecord.Write(writer, "tenant", set);
        }
    }

    private static void Refused(SpanSetWriter spans)
    {
        var body = Records.Encode(writer => SpanBatchRecord.Write(writer, "", spans));
        Assert.Throws<EncodingException>(() => SpanBatchRecord.Read(body, new SpanSet()));
    }

    private static AttributeValue Nest(int depth)
    {
        var value = AttributeValue.From(true);
        for (var i = 0; i < depth; i++)
            value = i % 2 == 0 ? AttributeValue.From([value]) : AttributeValue.From(new AttributeList { { "k", value } });
        return value;
    }

    private static SpanHead Head(Span span) => new()
    {
        TraceId = span.TraceId,
        SpanId = span.SpanId,
        ParentSpanId = span.ParentSpanId,
        Kind = span.Kind,
        StartTimeUnixNano = span.StartTimeUnixNano,
        EndTimeUnixNano = span.EndTimeUnixNano,
        StatusCode = span.Status.Code,
        SamplingThreshold = span.SamplingThreshold,
        Flags = span.Flags,
    };
}
