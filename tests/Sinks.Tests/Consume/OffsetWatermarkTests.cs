using Pipeline.Sinks.Consume;
using Xunit;

namespace Pipeline.Sinks.Tests.Consume;

public sealed class OffsetWatermarkTests
{
    private readonly OffsetWatermark _watermark = new();

    [Fact]
    public void Nothing_is_committable_before_the_first_offset_has_its_verdict()
    {
        _watermark.Take(5);
        _watermark.Take(6);
        _watermark.Acknowledge(6);
        Assert.Null(_watermark.Committable);
        Assert.Equal(1, _watermark.OpenCount);
    }

    [Fact]
    public void The_watermark_follows_the_contiguous_prefix_over_gaps()
    {
        foreach (var offset in new long[] { 5, 6, 9, 12 })
            _watermark.Take(offset);
        _watermark.Acknowledge(9);
        _watermark.Acknowledge(5);
        Assert.Equal(6, _watermark.Committable);
        _watermark.Acknowledge(6);
        Assert.Equal(10, _watermark.Committable);
        Assert.Equal(1, _watermark.OpenCount);
    }

    [Fact]
    public void What_is_committed_is_not_committed_again()
    {
        _watermark.Take(5);
        _watermark.Acknowledge(5);
        _watermark.OnCommitted(6);
        Assert.Null(_watermark.Committable);
    }

    [Fact]
    public void The_end_of_the_partition_counts_once_nothing_is_open()
    {
        _watermark.Take(5);
        _watermark.Take(6);
        _watermark.SkipTo(9);
        Assert.Null(_watermark.Committable);
        _watermark.Acknowledge(5);
        Assert.Equal(6, _watermark.Committable);
        _watermark.Acknowledge(6);
        Assert.Equal(9, _watermark.Committable);
        _watermark.SkipTo(12);
        Assert.Equal(12, _watermark.Committable);
    }

    [Fact]
    public void What_is_taken_after_the_end_was_seen_holds_the_watermark_again()
    {
        _watermark.SkipTo(4);
        _watermark.Take(4);
        _watermark.Take(7);
        _watermark.Acknowledge(7);
        Assert.Equal(4, _watermark.Committable);
        _watermark.Acknowledge(4);
        Assert.Equal(8, _watermark.Committable);
    }
}
