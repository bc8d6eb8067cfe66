using Pipeline.Shared.Model;
using Pipeline.Shared.Sampling;
using Xunit;

namespace Pipeline.Shared.Tests.Sampling;

public sealed class SamplingThresholdTests
{
    // OpenTelemetry specification, tracestate-handling and tracestate-probability-sampling: thresholds of 1 in N at four digits.
    [Theory]
    [InlineData(1, "0")]
    [InlineData(2, "8")]
    [InlineData(3, "aaab")]
    [InlineData(4, "c")]
    [InlineData(5, "cccd")]
    [InlineData(8, "e")]
    [InlineData(10, "e666")]
    [InlineData(16, "f")]
    [InlineData(100, "fd70a")]
    [InlineData(1_000, "ffbe77")]
    [InlineData(10_000, "fff9724")]
    [InlineData(100_000, "ffff583a")]
    [InlineData(1_000_000, "ffffef39")]
    public void One_in_n_has_the_threshold_of_the_specification(int n, string text)
    {
        var threshold = SamplingThreshold.FromProbability(1.0 / n);

        Assert.Equal(text, SamplingThreshold.ToText(SamplingThreshold.Round(threshold)));
        Assert.Equal(n, SamplingThreshold.AdjustedCount(threshold), n * 1e-9);
        Assert.Equal(1.0 / n, SamplingThreshold.ToProbability(threshold), 1e-15);
    }

    [Fact]
    public void Smallest_probability_keeps_one_randomness_of_all()
    {
        var threshold = SamplingThreshold.FromProbability(double.Epsilon);

        Assert.Equal(SamplingThreshold.Ceiling - 1, threshold);
        Assert.True(SamplingThreshold.Keeps(threshold, SamplingThreshold.Ceiling - 1));
        Assert.False(SamplingThreshold.Keeps(threshold, SamplingThreshold.Ceiling - 2));
        Assert.Equal(Math.Pow(2, 56), SamplingThreshold.AdjustedCount(threshold));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(-0.5)]
    [InlineData(double.NaN)]
    public void Never_is_not_a_probability(double probability) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SamplingThreshold.FromProbability(probability));

    [Theory]
    [InlineData(1.0)]
    [InlineData(1.5)]
    [InlineData(double.PositiveInfinity)]
    public void One_and_more_keep_everything(double probability) => Assert.Equal(SamplingThreshold.Always, SamplingThreshold.FromProbability(probability));

    [Theory]
    [InlineData(0x00000000000000UL, 4, "0")]
    [InlineData(0x00007fffffffffUL, 4, "0000")]
    [InlineData(0x00008000000000UL, 4, "0001")]
    [InlineData(0xefffffffffffffUL, 1, "f")]
    [InlineData(0xfe800000000000UL, 1, "ff")]
    [InlineData(0xffffffffffffffUL, 1, "ffffffffffffff")]
    [InlineData(0x12345678901234UL, 14, "12345678901234")]
    [InlineData(0x12345678901234UL, 13, "1234567890123")]
    public void Rounding_keeps_the_digits_asked_for_and_one_more_for_each_leading_f(ulong threshold, int digits, string expected)
    {
        var rounded = SamplingThreshold.Round(threshold, digits);

        Assert.Equal(expected.TrimEnd('0') is { Length: > 0 } text ? text : "0", SamplingThreshold.ToText(rounded));
        Assert.Equal(rounded, SamplingThreshold.Round(rounded, digits));
    }

    [Theory]
    [InlineData(1UL << 56, 4)]
    [InlineData(0UL, 0)]
    [InlineData(0UL, 15)]
    public void Rounding_refuses_what_is_no_threshold_or_digit_count(ulong threshold, int digits) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SamplingThreshold.Round(threshold, digits));

    [Fact]
    public void Text_refuses_what_is_no_threshold() => Assert.Throws<ArgumentOutOfRangeException>(() => SamplingThreshold.ToText(SamplingThreshold.Ceiling));

    [Fact]
    public void Randomness_is_the_last_fourteen_digits_of_the_trace_id()
    {
        Assert.True(TraceId.TryParse("ffffffffffffffffff0123456789abcd", out var id));

        Assert.Equal(0x0123456789abcdUL, SamplingThreshold.RandomnessOf(id));
    }

    [Fact]
    public void Two_stages_in_a_row_keep_the_product_of_their_probabilities()
    {
        var threshold = SamplingThreshold.Multiply(SamplingThreshold.FromProbability(0.5), SamplingThreshold.FromProbability(0.25));

        Assert.Equal("e", SamplingThreshold.ToText(threshold));
    }
}
