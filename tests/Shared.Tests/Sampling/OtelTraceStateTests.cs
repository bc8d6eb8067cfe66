using Pipeline.Shared.Sampling;
using Pipeline.TestKit;
using Xunit;

namespace Pipeline.Shared.Tests.Sampling;

public sealed class OtelTraceStateTests
{
    [Theory]
    [InlineData("ot=th:0", 0UL)]
    [InlineData("ot=th:c", 0xc0000000000000UL)]
    [InlineData("ot=th:fd70a", 0xfd70a000000000UL)]
    [InlineData("ot=th:123456789abcde", 0x123456789abcdeUL)]
    [InlineData("ot=rv:0123456789abcd;th:8", 0x80000000000000UL)]
    [InlineData("vendor=1,ot=a:b;th:8;z:y,other=th:c", 0x80000000000000UL)]
    [InlineData("vendor=1 ,\t ot=th:8 ,other=2", 0x80000000000000UL)]
    public void Threshold_is_read_from_anywhere_in_the_trace_state(string traceState, ulong expected)
    {
        Assert.True(OtelTraceState.TryReadThreshold(traceState, out var threshold));
        Assert.Equal(expected, threshold);
        Assert.True(OtelTraceState.TryReadThreshold(System.Text.Encoding.UTF8.GetBytes(traceState), out var fromBytes));
        Assert.Equal(expected, fromBytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("ot=")]
    [InlineData("ot=th:")]
    [InlineData("ot=th:C")]
    [InlineData("ot=th:g")]
    [InlineData("ot=th:8x")]
    [InlineData("ot=th:123456789abcdef")]
    [InlineData("ot=th 8")]
    [InlineData("ot=xth:8")]
    [InlineData("xot=th:8")]
    [InlineData("vendor=ot=th:8")]
    [InlineData("zażółć 🙂")]
    public void Anything_else_is_an_unknown_probability(string traceState)
    {
        Assert.False(OtelTraceState.TryReadThreshold(traceState, out var threshold));
        Assert.Equal(0UL, threshold);
    }

    [Fact]
    public void Member_of_more_than_256_characters_is_not_read()
    {
        var longest = "th:8;x:" + new string('y', OtelTraceState.MaxValueLength - 7);

        Assert.True(OtelTraceState.TryReadThreshold("ot=" + longest, out _));
        Assert.False(OtelTraceState.TryReadThreshold("ot=" + longest + "y", out _));
    }

    [Fact]
    public void Long_trace_states_are_read_as_short_ones_are()
    {
        Assert.True(OtelTraceState.TryReadThreshold("vendor=" + new string('ü', 2000) + ",ot=th:8", out var threshold));
        Assert.Equal(0x80000000000000UL, threshold);
    }

    [Theory]
    [InlineData("ot=rv:0123456789abcd", true)]
    [InlineData("ot=th:8;rv:0123456789abcd", true)]
    [InlineData("ot=rv:0123456789abc", false)]
    [InlineData("ot=rv:0123456789abcde", false)]
    [InlineData("ot=rv:0123456789ABCD", false)]
    [InlineData("ot=th:8", false)]
    public void Randomness_has_exactly_fourteen_digits(string traceState, bool isRead)
    {
        Assert.Equal(isRead, OtelTraceState.TryReadRandomness(traceState, out var randomness));
        Assert.Equal(isRead ? 0x0123456789abcdUL : 0UL, randomness);
    }

    [Theory]
    [InlineData("", "ot=th:8")]
    [InlineData("a=1", "ot=th:8,a=1")]
    [InlineData("a=1,ot=th:4,b=2", "ot=th:8,a=1,b=2")]
    [InlineData("a=1,ot=x:y;th:4;rv:0123456789abcd", "ot=x:y;th:8;rv:0123456789abcd,a=1")]
    [InlineData("a=1,ot=rv:0123456789abcd", "ot=th:8;rv:0123456789abcd,a=1")]
    [InlineData("a=1,ot=th:8", "a=1,ot=th:8")]
    public void Threshold_is_updated_in_its_place_and_the_changed_member_comes_first(string before, string after) =>
        Assert.Equal(after, OtelTraceState.WithThreshold(before, 1UL << 55));

    [Theory]
    [InlineData("", "")]
    [InlineData("ot=th:8", "")]
    [InlineData("a=1,ot=th:8", "a=1")]
    [InlineData("a=1,ot=th:8;rv:0123456789abcd", "ot=rv:0123456789abcd,a=1")]
    [InlineData("a=1,ot=rv:0123456789abcd", "a=1,ot=rv:0123456789abcd")]
    public void Threshold_can_be_erased(string before, string after) => Assert.Equal(after, OtelTraceState.WithThreshold(before, null));

    [Fact]
    public void Update_that_would_not_fit_is_abandoned()
    {
        var full = "a=1,ot=x:" + new string('y', OtelTraceState.MaxValueLength - 2);

        Assert.Equal(full, OtelTraceState.WithThreshold(full, 1UL << 55));
        Assert.Equal(full, OtelTraceState.WithRandomness(full, 1));
    }

    [Fact]
    public void Last_of_too_many_members_makes_room()
    {
        var members = string.Join(',', Enumerable.Range(0, OtelTraceState.MaxMembers).Select(i => $"k{i}=v"));

        var updated = OtelTraceState.WithThreshold(members, 0).Split(',');

        Assert.Equal(OtelTraceState.MaxMembers, updated.Length);
        Assert.Equal("ot=th:0", updated[0]);
        Assert.Equal("k30=v", updated[^1]);
    }

    [Fact]
    public void Randomness_is_written_with_all_its_digits()
    {
        Assert.Equal("ot=rv:00000000000001,a=1", OtelTraceState.WithRandomness("a=1", 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => OtelTraceState.WithRandomness("", SamplingThreshold.Ceiling));
    }

    [Fact]
    public void Reading_bytes_allocates_nothing()
    {
        var traceState = "vendor=1,ot=rv:0123456789abcd;th:8"u8.ToArray();

        Assert.Equal(0, Allocated.BytesBy(() => OtelTraceState.TryReadThreshold(traceState, out _)));
    }
}
