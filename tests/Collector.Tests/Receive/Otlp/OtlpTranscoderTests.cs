using Google.Protobuf;
using Pipeline.Collector.Receive;
using Pipeline.Collector.Receive.Otlp;
using Pipeline.Collector.Tests.Protos;
using Pipeline.Shared.Encoding;
using Xunit;

namespace Pipeline.Collector.Tests.Receive.Otlp;

public sealed class OtlpTranscoderTests
{
    private readonly CollectorOptions _options = new();

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Transcoding_writes_what_the_reference_decoder_and_the_obvious_encoder_write(int seed)
    {
        var request = new RandomOtlp(seed).Request();
        AssertTranscodesLike(ReferenceDecoder.Decode(request), request.ToByteArray());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Fields_in_any_order_repeated_in_pieces_or_unknown_mean_what_they_mean_to_the_reference_decoder(int seed)
    {
        var body = new RandomOtlp(seed).Request().ToByteArray();
        for (var i = 0; i < 40; i++)
        {
            var mutated = new OtlpMutator(1000 * seed + i).Mutate(body);
            AssertTranscodesLike(ReferenceDecoder.Decode(ExportTraceServiceRequest.Parser.ParseFrom(mutated)), mutated);
        }
    }

    private void AssertTranscodesLike(List<Shared.Model.Span> expected, byte[] body)
    {
        using var batch = new IngestBatch();
        new OtlpTranscoder(_options).Transcode(body, batch);
        Assert.Equal(expected.Count, batch.SpanCount);
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.Equal(Bytes(w => ModelEncoder.WriteSpanBody(w, expected[i])), batch.Body(batch.Spans[i]).ToArray());
            Assert.Equal(Bytes(w => ModelEncoder.WriteResource(w, expected[i].Resource)), batch.Resource(batch.Spans[i].Resource).ToArray());
            Assert.Equal(Bytes(w => ModelEncoder.WriteScope(w, expected[i].Scope)), batch.Scope(batch.Spans[i].Scope).ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Mutated_bodies_are_decoded_or_refused_and_nothing_else(int seed)
    {
        var random = new Random(seed);
        var body = new RandomOtlp(seed).Request().ToByteArray();
        using var batch = new IngestBatch();
        var transcoder = new OtlpTranscoder(_options);
        for (var i = 0; i < 60; i++)
        {
            var mutated = body.ToArray();
            for (var j = random.Next(1, 4); j > 0 && mutated.Length > 0; j--)
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            batch.Clear();
            try
            {
                transcoder.Transcode(mutated.AsSpan(0, random.Next(3) == 0 ? random.Next(mutated.Length + 1) : mutated.Length), batch);
            }
            catch (MalformedRequestException)
            {
                transcoder = new OtlpTranscoder(_options);
                continue;
            }

            foreach (var span in batch.Spans)
                AssertReadable(batch, span);
        }
    }

    [Fact]
    public void Every_truncation_is_refused_or_reads_as_fewer_spans()
    {
        var request = new RandomOtlp(3).Request();
        var body = request.ToByteArray();
        for (var length = 0; length < body.Length; length++)
        {
            using var batch = new IngestBatch();
            try
            {
                new OtlpTranscoder(_options).Transcode(body.AsSpan(0, length), batch);
                Assert.True(batch.ReceivedCount <= ReferenceDecoder.Decode(request).Count);
            }
            catch (MalformedRequestException exception)
            {
                Assert.StartsWith("The protobuf body is malformed", exception.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Transcoding_allocates_nothing_per_span_once_warm()
    {
        var body = BigRequest(200).ToByteArray();
        using var batch = new IngestBatch();
        var transcoder = new OtlpTranscoder(_options);
        for (var i = 0; i < 20; i++)
        {
            batch.Clear();
            transcoder.Transcode(body, batch);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        batch.Clear();
        transcoder.Transcode(body, batch);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(200, batch.SpanCount);
    }

    [Fact]
    public void Invalid_spans_are_rejected_by_reason_and_the_others_accepted()
    {
        var request = BigRequest(12);
        var spans = request.ResourceSpans[0].ScopeSpans[0].Spans;
        spans[0].TraceId = ByteString.Empty;
        spans[1].TraceId = ByteString.CopyFrom(new byte[16]);
        spans[2].TraceId = ByteString.CopyFrom(new byte[15]);
        spans[3].SpanId = ByteString.CopyFrom(new byte[8]);
        spans[4].SpanId = ByteString.Empty;
        spans[5].ParentSpanId = ByteString.CopyFrom(1, 2, 3);
        spans[6].Links.Add(new Span.Types.Link { TraceId = ByteString.CopyFrom(1), SpanId = ByteString.CopyFrom(2) });
        spans[7].Attributes.Add(new KeyValue { Key = "big", Value = new AnyValue { StringValue = new string('x', _options.MaxAttributeValueBytes + 1) } });
        spans[8].Attributes.AddRange(Enumerable.Range(0, _options.MaxAttributes + 1).Select(i => new KeyValue { Key = "k" + i, Value = new AnyValue { IntValue = i } }));
        spans[9].Attributes.Add(new KeyValue { Key = "deep", Value = Deep(_options.MaxAttributeDepth + 1) });

        using var batch = new IngestBatch();
        new OtlpTranscoder(_options).Transcode(request.ToByteArray(), batch);

        Assert.Equal(2, batch.SpanCount);
        Assert.Equal(3, batch.RejectedFor(RejectionReason.InvalidTraceId));
        Assert.Equal(2, batch.RejectedFor(RejectionReason.InvalidSpanId));
        foreach (var reason in new[] { RejectionReason.InvalidParentSpanId, RejectionReason.InvalidLink, RejectionReason.AttributeTooLarge, RejectionReason.TooManyAttributes, RejectionReason.AttributeTooDeep })
            Assert.Equal(1, batch.RejectedFor(reason));
    }

    [Fact]
    public void Text_that_is_not_UTF8_rejects_its_span_only()
    {
        var request = BigRequest(3);
        request.ResourceSpans[0].ScopeSpans[0].Spans[1].Name = "marker-é";
        var body = request.ToByteArray();
        var at = body.AsSpan().IndexOf("marker-é"u8);
        body[at + 7] = 0xFF;
        using var batch = new IngestBatch();
        new OtlpTranscoder(_options).Transcode(body, batch);
        Assert.Equal((2, 1), (batch.SpanCount, batch.RejectedFor(RejectionReason.InvalidUtf8)));
    }

    [Fact]
    public void A_span_too_large_for_a_record_is_rejected_by_name()
    {
        var request = BigRequest(2);
        request.ResourceSpans[0].ScopeSpans[0].Spans[0].Attributes.AddRange(
            Enumerable.Range(0, 5).Select(i => new KeyValue { Key = "k" + i, Value = new AnyValue { StringValue = new string('x', 200_000) } }));
        using var batch = new IngestBatch();
        new OtlpTranscoder(_options).Transcode(request.ToByteArray(), batch);
        Assert.Equal((1, 1), (batch.SpanCount, batch.RejectedFor(RejectionReason.SpanTooLarge)));
    }

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 150)];

    internal static ExportTraceServiceRequest BigRequest(int spanCount)
    {
        var scopeSpans = new ScopeSpans { Scope = new InstrumentationScope { Name = "tests" } };
        for (var i = 0; i < spanCount; i++)
        {
            var id = new byte[16];
            BitConverter.TryWriteBytes(id, i + 1);
            scopeSpans.Spans.Add(new Span
            {
                TraceId = ByteString.CopyFrom(id), SpanId = ByteString.CopyFrom(id, 0, 8), Name = "GET /", Kind = 2, StartTimeUnixNano = 1, EndTimeUnixNano = 2,
                Attributes = { new KeyValue { Key = "http.method", Value = new AnyValue { StringValue = "GET" } }, new KeyValue { Key = "n", Value = new AnyValue { IntValue = i } } },
                Events = { new Span.Types.Event { Name = "e", TimeUnixNano = 3, Attributes = { new KeyValue { Key = "a", Value = new AnyValue { BoolValue = true } } } } },
            });
        }

        return new ExportTraceServiceRequest
        {
            ResourceSpans = { new ResourceSpans { Resource = new Resource { Attributes = { new KeyValue { Key = "service.name", Value = new AnyValue { StringValue = "s" } } } }, ScopeSpans = { scopeSpans } } },
        };
    }

    private static AnyValue Deep(int depth) => depth == 0 ? new AnyValue { IntValue = 1 } : new AnyValue { ArrayValue = new ArrayValue { Values = { Deep(depth - 1) } } };

    private static byte[] Bytes(Action<AvroWriter> write)
    {
        using var writer = new AvroWriter();
        write(writer);
        return writer.Written.ToArray();
    }

    private static void AssertReadable(IngestBatch batch, IngestedSpan span)
    {
        var resource = new AvroReader(batch.Resource(span.Resource));
        var scope = new AvroReader(batch.Scope(span.Scope));
        var body = new AvroReader(batch.Body(span));
        ModelDecoder.ReadSpanBody(ref body, ModelDecoder.ReadResource(ref resource), ModelDecoder.ReadScope(ref scope));
        Assert.True(body.IsAtEnd && resource.IsAtEnd && scope.IsAtEnd);
    }
}
