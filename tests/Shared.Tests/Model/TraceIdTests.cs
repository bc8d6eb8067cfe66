using FsCheck.Xunit;
using Pipeline.Shared.Model;
using Xunit;

namespace Pipeline.Shared.Tests.Model;

public sealed class TraceIdTests
{
    [Theory]
    [InlineData("0af7651916cd43dd8448eb211c80319c", 0x0af7651916cd43ddUL, 0x8448eb211c80319cUL)]
    [InlineData("0AF7651916CD43DD8448EB211C80319C", 0x0af7651916cd43ddUL, 0x8448eb211c80319cUL)]
    [InlineData("8448eb211c80319c", 0UL, 0x8448eb211c80319cUL)]
    [InlineData("18448eb211c80319c", 1UL, 0x8448eb211c80319cUL)]
    [InlineData("1", 0UL, 1UL)]
    [InlineData("00000000000000000000000000000000", 0UL, 0UL)]
    public void Hex_of_up_to_32_digits_is_read(string hex, ulong high, ulong low)
    {
        Assert.True(TraceId.TryParse(hex, out var id));
        Assert.Equal(new TraceId(high, low), id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0af7651916cd43dd8448eb211c80319c0")]
    [InlineData("0af7651916cd43dd8448eb211c80319g")]
    [InlineData("g")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("-1")]
    [InlineData("0x1")]
    [InlineData("１")]
    public void Anything_else_is_no_trace_id(string text)
    {
        Assert.False(TraceId.TryParse(text, out var id));
        Assert.True(id.IsEmpty);
    }

    [Property]
    public bool Text_and_bytes_come_back_as_the_same_id(ulong high, ulong low)
    {
        var id = new TraceId(high, low);
        return TraceId.TryParse(id.ToString(), out var parsed) && parsed == id && id.ToString().Length == 32 && TraceId.Read(id.ToByteArray()) == id;
    }

    [Property]
    public bool Order_is_that_of_the_text(ulong high1, ulong low1, ulong high2, ulong low2)
    {
        var (a, b) = (new TraceId(high1, low1), new TraceId(high2, low2));
        return Math.Sign(a.CompareTo(b)) == Math.Sign(string.CompareOrdinal(a.ToString(), b.ToString()));
    }

    [Fact]
    public void Bytes_are_big_endian()
    {
        Assert.Equal(Convert.FromHexString("0af7651916cd43dd8448eb211c80319c"), new TraceId(0x0af7651916cd43dd, 0x8448eb211c80319c).ToByteArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => TraceId.Read(new byte[15]));
    }

    [Fact]
    public void Only_all_zero_is_empty()
    {
        Assert.True(default(TraceId).IsEmpty);
        Assert.False(new TraceId(1, 0).IsEmpty);
        Assert.False(new TraceId(0, 1).IsEmpty);
    }
}
