using Pipeline.Shared.Encoding;
using Xunit;

namespace Pipeline.Shared.Tests.Encoding;

public sealed class RecordFramingTests
{
    private static readonly RecordFraming ByFingerprint = new();
    private static readonly RecordFraming ByRegistry = new(new Dictionary<RecordSchema, int> { [RecordSchema.SpanBatch] = 0x01020304, [RecordSchema.KeptTrace] = 7 });

    [Fact]
    public void Single_object_encoding_is_a_marker_and_the_fingerprint_little_endian()
    {
        var record = Frame(ByFingerprint, RecordSchema.SpanBatch);

        Assert.Equal([0xC3, 0x01, .. BitConverter.GetBytes(RecordSchema.SpanBatch.Fingerprint), 42], record);
    }

    [Fact]
    public void Wire_format_of_a_registry_is_a_zero_and_the_id_big_endian()
    {
        var record = Frame(ByRegistry, RecordSchema.SpanBatch);

        Assert.Equal([0, 1, 2, 3, 4, 42], record);
    }

    [Fact]
    public void Both_framings_are_read_whichever_is_written()
    {
        Assert.Equal([42], ByRegistry.Unframe(Frame(ByRegistry, RecordSchema.SpanBatch), RecordSchema.SpanBatch).ToArray());
        Assert.Equal([42], ByRegistry.Unframe(Frame(ByFingerprint, RecordSchema.SpanBatch), RecordSchema.SpanBatch).ToArray());
        Assert.Equal([42], ByFingerprint.Unframe(Frame(ByFingerprint, RecordSchema.SpanBatch), RecordSchema.SpanBatch).ToArray());
    }

    [Fact]
    public void Schema_without_an_id_is_framed_by_fingerprint() => Assert.Equal(0xC3, Frame(ByRegistry, RecordSchema.StepRecord)[0]);

    [Theory]
    [InlineData("", "empty")]
    [InlineData("7b", "0x7b")]
    [InlineData("C3", "0xc3")]
    [InlineData("C301000102030405", "neither")]
    [InlineData("C3010102030405060708", "fingerprint 0807060504030201")]
    [InlineData("00000000", "0x00")]
    [InlineData("0000000009", "registry id 9")]
    [InlineData("00FFFFFFFF2A", "registry id -1")]
    public void Record_that_is_not_framed_is_refused_with_what_was_found(string hex, string named)
    {
        var exception = Assert.Throws<EncodingException>(() => ByRegistry.Unframe(Convert.FromHexString(hex), RecordSchema.SpanBatch));

        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Record_of_another_schema_is_refused_with_both_names()
    {
        var exception = Assert.Throws<EncodingException>(() => ByRegistry.Unframe(Frame(ByFingerprint, RecordSchema.KeptTrace), RecordSchema.SpanBatch));

        Assert.Contains("KeptTrace", exception.Message, StringComparison.Ordinal);
        Assert.Contains("SpanBatch", exception.Message, StringComparison.Ordinal);
        Assert.Throws<EncodingException>(() => ByRegistry.Unframe(Frame(ByRegistry, RecordSchema.KeptTrace), RecordSchema.SpanBatch));
    }

    private static byte[] Frame(RecordFraming framing, RecordSchema schema) => Records.Encode(writer =>
    {
        framing.WritePrefix(writer, schema);
        writer.WriteByte(42);
    });
}
