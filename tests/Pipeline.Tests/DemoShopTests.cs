using Pipeline.AllInOne.Demo;
using Pipeline.Shared.Model;
using Xunit;

namespace Pipeline.Pipeline.Tests;

public sealed class DemoShopTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Visits_follow_from_the_seed() =>
        Assert.Equal(Visits(50, seed: 7).SelectMany(v => v.SelectMany(t => t)), Visits(50, seed: 7).SelectMany(v => v.SelectMany(t => t)));

    [Fact]
    public void Traces_are_whole_and_lie_in_the_past()
    {
        var now = (ulong)(Now - DateTimeOffset.UnixEpoch).Ticks * 100;
        foreach (var trace in Visits(500, seed: 1).SelectMany(v => v))
        {
            var ids = trace.Select(s => s.SpanId).ToHashSet();
            Assert.Equal(trace.Count, ids.Count);
            Assert.Single(trace, s => s.ParentSpanId.IsEmpty);
            Assert.All(trace, s => Assert.True(s.ParentSpanId.IsEmpty || ids.Contains(s.ParentSpanId)));
            Assert.All(trace, s => Assert.True(s.StartTimeUnixNano <= s.EndTimeUnixNano && s.EndTimeUnixNano <= now));
        }
    }

    [Fact]
    public void Everything_that_the_pipeline_can_show_happens()
    {
        var traces = Visits(1000, seed: 2).SelectMany(v => v).ToList();
        var spans = traces.SelectMany(t => t).ToList();
        Assert.Equal(DemoServices.Names.Order(), spans.Select(s => s.Resource.ServiceName).Distinct().Order());
        Assert.InRange(traces.Count(t => t.Any(s => s.Status.Code == SpanStatusCode.Error)), 10, 100);
        Assert.InRange(traces.Count(t => t.Any(s => s.DurationNano > 1_400_000_000)), 5, 100);
        Assert.Contains(spans, s => s.Kind == SpanKind.Consumer && !s.ParentSpanId.IsEmpty);
        Assert.Contains(spans, s => s.Kind == SpanKind.Consumer && s.Links.Count == 3);
        Assert.All(spans.Where(s => s.Status.Code == SpanStatusCode.Error), s => Assert.Equal("exception", Assert.Single(s.Events).Name));
        var ids = spans.Select(s => (s.TraceId, s.SpanId)).ToHashSet();
        Assert.All(spans.SelectMany(s => s.Links), l => Assert.Contains((l.TraceId, l.SpanId), ids));
    }

    private static List<IReadOnlyList<IReadOnlyList<Span>>> Visits(int count, int seed)
    {
        var shop = new DemoShop(new Random(seed));
        return [.. Enumerable.Range(0, count).Select(_ => shop.Visit(Now))];
    }
}
