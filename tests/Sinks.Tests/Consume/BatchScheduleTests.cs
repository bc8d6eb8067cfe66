using Microsoft.Extensions.Time.Testing;
using Pipeline.Sinks.Consume;
using Xunit;

namespace Pipeline.Sinks.Tests.Consume;

public sealed class BatchScheduleTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly BatchSchedule _schedule;

    public BatchScheduleTests() => _schedule = new BatchSchedule(maxSpans: 10, maxBytes: 1000, TimeSpan.FromMilliseconds(500), _time);

    [Fact]
    public void An_empty_batch_is_never_due()
    {
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(_schedule.IsDue);
        Assert.Equal(TimeSpan.FromMilliseconds(500), _schedule.Remaining);
    }

    [Fact]
    public void A_batch_is_due_when_its_first_record_has_waited_long_enough()
    {
        _schedule.Add(1, 10);
        _time.Advance(TimeSpan.FromMilliseconds(300));
        _schedule.Add(1, 10);
        Assert.Equal(TimeSpan.FromMilliseconds(200), _schedule.Remaining);
        Assert.False(_schedule.IsDue);
        _time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.True(_schedule.IsDue);
        Assert.Equal(TimeSpan.Zero, _schedule.Remaining);
    }

    [Theory]
    [InlineData(10, 1)]
    [InlineData(1, 1000)]
    public void A_full_batch_is_due_at_once(int spans, long bytes)
    {
        _schedule.Add(spans - 1, bytes - 1);
        Assert.False(_schedule.IsFull);
        _schedule.Add(1, 1);
        Assert.True(_schedule.IsFull);
        Assert.True(_schedule.IsDue);
    }

    [Fact]
    public void What_is_taken_out_does_not_count()
    {
        _schedule.Add(9, 10);
        _schedule.Add(1, 10);
        _schedule.Remove(1, 9, 10);
        Assert.False(_schedule.IsFull);
        Assert.Equal((1, 1, 10L), (_schedule.RecordCount, _schedule.SpanCount, _schedule.LengthBytes));
        _schedule.Restart();
        Assert.Equal((0, 0, 0L), (_schedule.RecordCount, _schedule.SpanCount, _schedule.LengthBytes));
    }
}
