using Pipeline.Shared.Encoding;
using Pipeline.Sinks.ServiceEdges;
using Pipeline.TestKit;
using Xunit;

namespace Pipeline.Sinks.Tests.ServiceEdges;

public sealed class LinkJoinTests
{
    private readonly LinkJoin _join = new(TimeSpan.FromMinutes(10), capacity: 3);

    [Fact]
    public void Ends_that_waited_too_long_are_given_up_and_consumers_among_them_counted()
    {
        _join.AddProducer(End(1), 0);
        _join.AddConsumer(End(2), 0);
        _join.AddConsumer(End(2), 1);
        Assert.Equal(0, _join.Expire(Minutes(10)));
        Assert.Equal(2, _join.Expire(Minutes(10) + 1));
        Assert.Null(_join.AddConsumer(End(1), Minutes(11)));
        Assert.Empty(_join.AddProducer(End(2), Minutes(11)));
    }

    [Fact]
    public void Beyond_the_capacity_the_oldest_go_first()
    {
        for (var i = 1; i <= 4; i++)
            _join.AddConsumer(End(i), i);
        Assert.Equal(1, _join.Expire(4));
        Assert.Empty(_join.AddProducer(End(1), 5));
        Assert.Single(_join.AddProducer(End(4), 5));
    }

    [Fact]
    public void What_waits_under_one_key_is_bounded()
    {
        for (var i = 0; i < 1500; i++)
            _join.AddConsumer(End(1), 0);
        Assert.Equal(500, _join.Expire(0));
        Assert.Equal(1000, _join.AddProducer(End(1), 0).Count);
    }

    [Fact]
    public void What_another_owner_committed_is_restored_as_it_was()
    {
        _join.AddProducer(End(1), 0);
        _join.AddConsumer(End(2), 0);
        var next = new LinkJoin(TimeSpan.FromMinutes(10), capacity: 3);
        foreach (var key in _join.Changed)
            next.Restore(_join.EndsOf(key)!, 0);
        Assert.Empty(next.Changed);
        Assert.Equal(End(1), next.AddConsumer(End(1), 1));
        Assert.Equal([End(2)], next.AddProducer(End(2), 1));
    }

    private static LinkEnd End(int number) => new(A.TraceId(number), A.SpanId(number), "service-" + number, A.StartUnixNano, 0.1, false, 1);

    private static long Minutes(int minutes) => minutes * 60_000L;
}
