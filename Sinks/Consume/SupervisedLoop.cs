using Pipeline.Shared.Hosting;
using Pipeline.Shared.Messaging;
using Pipeline.Sinks.Diagnostics;

namespace Pipeline.Sinks.Consume;

/// <summary>
/// Runs a consuming loop on a thread of its own. A log that does not answer means: rest, with growing waits, and begin again. Any other exception is a fault: readiness
/// fails, and the process stops with exit code 1, since a stage that ended silently would look like an idle one.
/// </summary>
internal sealed class SupervisedLoop(SinkEvents events, StageHealth health, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private static readonly TimeSpan FirstRest = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MaxRest = TimeSpan.FromSeconds(30);
    // A run that lasted this long was a good one: the next rest is short again.
    private static readonly TimeSpan GoodRun = TimeSpan.FromMinutes(1);

    /// <summary>Runs until the token is cancelled or the loop has failed for good; never throws.</summary>
    public async Task RunAsync(string stage, Action<CancellationToken> consume, CancellationToken stopping)
    {
        try
        {
            for (var failures = 0; !stopping.IsCancellationRequested;)
            {
                var begin = time.GetTimestamp();
                if (await RunOnceAsync(consume, stopping) is not { } unavailable)
                    return;
                failures = time.GetElapsedTime(begin) > GoodRun ? 1 : failures + 1;
                await RestAsync(stage, unavailable, failures, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The process stops.
        }
        catch (Exception exception)
        {
            events.StageFailed(stage, exception);
            health.ReportFailed(stage, exception.Message);
            lifetime.StopApplication();
        }
    }

    private static async Task<LogUnavailableException?> RunOnceAsync(Action<CancellationToken> consume, CancellationToken stopping)
    {
        try
        {
            await Task.Factory.StartNew(() => consume(stopping), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            return null;
        }
        catch (LogUnavailableException exception)
        {
            return exception;
        }
    }

    private async Task RestAsync(string stage, LogUnavailableException exception, int failures, CancellationToken stopping)
    {
        var rest = TimeSpan.FromTicks(Math.Min(MaxRest.Ticks, FirstRest.Ticks << Math.Min(failures - 1, 10)));
        events.StageRestarts(stage, rest, exception.Message);
        health.ReportWaiting(stage, exception.Message);
        await Task.Delay(rest, time, stopping);
    }
}
