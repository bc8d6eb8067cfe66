using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Pipeline.Shared.Hosting;
using Pipeline.Shared.Messaging;
using Pipeline.Sinks.Consume;
using Pipeline.Sinks.Diagnostics;
using Pipeline.TestKit;
using Prometheus;
using Xunit;

namespace Pipeline.Sinks.Tests.Consume;

public sealed class SupervisedLoopTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly StageHealth _health = new();
    private readonly StoppableLifetime _lifetime = new();
    private readonly SupervisedLoop _loop;

    public SupervisedLoopTests()
    {
        var metrics = new SinkMetrics(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()));
        _loop = new SupervisedLoop(new SinkEvents(NullLogger<SinkEvents>.Instance, metrics), _health, _lifetime, _time);
    }

    [Fact]
    public async Task A_log_that_does_not_answer_means_rest_and_begin_again_with_growing_waits()
    {
        var starts = new List<DateTimeOffset>();
        using var stop = new CancellationTokenSource();
        var running = _loop.RunAsync("stage", _ =>
        {
            lock (starts)
                starts.Add(_time.GetUtcNow());
            throw new LogUnavailableException("no broker");
        }, stop.Token);
        await Eventually.HoldsAsync(() => Count(starts) == 1 && !_health.IsReady, "the first run has failed");
        Assert.Equal("no broker", _health.Stages.Single().Value.Detail);
        while (Count(starts) < 5)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await stop.CancelAsync();
        await running;
        var waits = starts.Zip(starts.Skip(1), (a, b) => b - a).ToList();
        Assert.True(waits[0] >= TimeSpan.FromMilliseconds(500));
        Assert.True(waits[^1] >= TimeSpan.FromSeconds(4), string.Join(", ", waits));
        Assert.False(_health.HasFailed);
        Assert.False(_lifetime.IsStopped);
    }

    [Fact]
    public async Task Any_other_exception_fails_the_stage_and_stops_the_process()
    {
        await _loop.RunAsync("stage", _ => throw new InvalidOperationException("a defect"), CancellationToken.None);
        Assert.True(_health.HasFailed);
        Assert.Equal("a defect", _health.Stages.Single().Value.Detail);
        Assert.True(_lifetime.IsStopped);
    }

    [Fact]
    public async Task A_loop_that_ends_by_itself_is_not_begun_again()
    {
        var runs = 0;
        await _loop.RunAsync("stage", _ => runs++, CancellationToken.None);
        Assert.Equal(1, runs);
        Assert.False(_lifetime.IsStopped);
    }

    private static int Count(List<DateTimeOffset> starts)
    {
        lock (starts)
            return starts.Count;
    }

    private sealed class StoppableLifetime : IHostApplicationLifetime
    {
        public bool IsStopped { get; private set; }

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => IsStopped = true;
    }
}
