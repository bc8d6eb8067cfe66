using FsCheck.Fluent;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;
using Pipeline.TestKit;
using Xunit;

namespace Pipeline.Shared.Tests.Encoding;

/// <summary>The properties are worth no more than what they are tried on: generators and reference writer do what they say.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void Generated_spans_use_all_that_the_model_allows()
    {
        var spans = ArbitrarySpans.Span().Generator.Sample(1000, 50).ToList();
        var values = spans.SelectMany(s => Values(s.Attributes)).ToList();

        Assert.Equal(Enum.GetValues<AttributeValueKind>(), values.Select(v => v.Kind).Distinct().Order());
        Assert.Contains(values, v => v.Kind == AttributeValueKind.Array && v.AsArray.Any(i => i.Kind == AttributeValueKind.Map));
        Assert.Contains(values, v => v.Kind == AttributeValueKind.Map && v.AsMap.Any(i => i.Value.Kind == AttributeValueKind.Array));
        Assert.Contains(values, v => v.Kind == AttributeValueKind.Double && double.IsNaN(v.AsDouble));
        Assert.Contains(values, v => v.Kind == AttributeValueKind.Long && v.AsLong == long.MinValue);
        Assert.Contains(values, v => v.Kind == AttributeValueKind.String && v.AsString.Length == 0);
        Assert.Contains(values, v => v.Kind == AttributeValueKind.Bytes && v.AsBytes.Length > 64);
        Assert.Contains(spans, s => s.StartTimeUnixNano > long.MaxValue);
        Assert.Contains(spans, s => s.Events.Count > 1 && s.Links.Count > 1 && s.Resource.EntityReferences.Count > 1);
        Assert.Contains(spans, s => s.SamplingThreshold is null);
        Assert.Contains(spans, s => s.SamplingThreshold > 0);
        Assert.Contains(spans, s => s.ParentSpanId.IsEmpty);
        Assert.Contains(spans, s => s.Name.Any(char.IsSurrogate));
        Assert.DoesNotContain(spans, s => s.TraceId.IsEmpty || s.SpanId.IsEmpty);
    }

    [Fact]
    public void Reference_writer_writes_one_block_or_one_an_item()
    {
        var step = GenericRecords.Of(new StepRecord { Position = 0, Watermark = 0, StreamTimeMs = 0, Ledger = new Dictionary<string, long> { ["a"] = 1, ["b"] = 2 } });

        Assert.Equal("00000004026102026204000000", Convert.ToHexString(AvroOracle.Write(RecordSchema.StepRecord, step)));
        Assert.Equal("0000000202610202026204000000", Convert.ToHexString(AvroOracle.Write(RecordSchema.StepRecord, step, manyBlocks: true)));
    }

    private static IEnumerable<AttributeValue> Values(AttributeList attributes) => attributes.SelectMany(a => Values(a.Value));

    private static IEnumerable<AttributeValue> Values(AttributeValue value) => value.Kind switch
    {
        AttributeValueKind.Array => value.AsArray.SelectMany(Values).Prepend(value),
        AttributeValueKind.Map => Values(value.AsMap).Prepend(value),
        _ => [value],
    };
}
