using Pipeline.Query.Search;

namespace Pipeline.Query.Tests.Search;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1ns", 1)]
    [InlineData("500us", 500_000)]
    [InlineData("500µs", 500_000)]
    [InlineData("500μs", 500_000)]
    [InlineData("100ms", 100_000_000)]
    [InlineData("1.2s", 1_200_000_000)]
    [InlineData(".5s", 500_000_000)]
    [InlineData("1.s", 1_000_000_000)]
    [InlineData("1h30m", 5_400_000_000_000)]
    [InlineData("1m0.5s", 60_500_000_000)]
    [InlineData("+2s", 2_000_000_000)]
    [InlineData("-2s", -2_000_000_000)]
    [InlineData("9223372036854775807ns", long.MaxValue)]
    public void What_Go_reads_is_read(string text, long nanoseconds)
    {
        Assert.True(GoDuration.TryParse(text, out var actual));
        Assert.Equal(nanoseconds, actual);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("s")]
    [InlineData(".s")]
    [InlineData("1 s")]
    [InlineData("1d")]
    [InlineData("1.2.3s")]
    [InlineData("1e3s")]
    [InlineData("--1s")]
    [InlineData("1sec")]
    [InlineData("9223372036854775808ns")]
    [InlineData("2562048h")]
    [InlineData("99999999999999999999999999999999999999999999h")]
    [InlineData("١s")]
    public void What_Go_refuses_is_refused(string text) => Assert.False(GoDuration.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(999, "999ns")]
    [InlineData(1_500, "1.5µs")]
    [InlineData(2_000_000, "2ms")]
    [InlineData(1_200_000_000, "1.2s")]
    [InlineData(60_000_000_000, "1m0s")]
    [InlineData(5_400_000_000_001, "1h30m0.000000001s")]
    [InlineData(-200_000_000, "-200ms")]
    [InlineData(long.MinValue, "-2562047h47m16.854775808s")]
    public void Durations_are_written_as_Go_writes_them(long nanoseconds, string text) => Assert.Equal(text, GoDuration.Format(nanoseconds));
}
