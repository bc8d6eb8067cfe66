using FsCheck.Xunit;
using Pipeline.Shared.Model;
using Xunit;

namespace Pipeline.Shared.Tests.Model;

public sealed class SpanIdTests
{
    [Theory]
    [InlineData("b7ad6b7169203331", 0xb7ad6b7169203331UL)]
    [InlineData("B7AD6B7169203331", 0xb7ad6b7169203331UL)]
    [InlineData("31", 0x31UL)]
    public void Hex_of_up_to_16_digits_is_read(string hex, ulong value)
    {
        Assert.True(SpanId.TryParse(hex, out var id));
        Assert.Equal(new SpanId(value), id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0b7ad6b7169203331")]
    [InlineData("b7ad6b716920333z")]
    [InlineData(" 31")]
    [InlineData("-1")]
    public void Anything_else_is_no_span_id(string text)
    {
        Assert.False(SpanId.TryParse(text, out var id));
        Assert.True(id.IsEmpty);
    }

    [Property]
    public bool Text_and_bytes_come_back_as_the_same_id(ulong value)
    {
        var id = new SpanId(value);
        var bytes = new byte[SpanId.LengthBytes];
        id.Write(bytes);
        return SpanId.TryParse(id.ToString(), out var parsed) && parsed == id && id.ToString().Length == 16 && SpanId.Read(bytes) == id && id.IsEmpty == (value == 0);
    }

    [Fact]
    public void Bytes_are_big_endian()
    {
        var bytes = new byte[8];
        new SpanId(0xb7ad6b7169203331).Write(bytes);

        Assert.Equal(Convert.FromHexString("b7ad6b7169203331"), bytes);
        Assert.Throws<ArgumentOutOfRangeException>(() => SpanId.Read(new byte[7]));
    }
}
