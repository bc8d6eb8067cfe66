using Pipeline.Shared.Hosting;
using Pipeline.Shared.Storage;
using Pipeline.Sinks.Diagnostics;

namespace Pipeline.Sinks.Store;

/// <summary>Makes the store ready before anything is written to it: tables, templates, indices. Waits for a store that is away.</summary>
internal sealed class StorePreparation(ITraceWriter store, StoreRetry retry, SinkEvents events, StageHealth health, IHostApplicationLifetime lifetime) : BackgroundService
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when the store is ready; cancelled when the process stops before.</summary>
    public Task Completed => _done.Task;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            health.ReportWaiting(StoreRetry.Stage, "preparing the store");
            await retry.RunAsync(async token =>
            {
                await store.PrepareAsync(token);
                return true;
            }, stoppingToken);
            _done.TrySetResult();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            _done.TrySetCanceled(stoppingToken);
        }
        catch (Exception exception)
        {
            _done.TrySetCanceled(CancellationToken.None);
            events.StageFailed(StoreRetry.Stage, exception);
            health.ReportFailed(StoreRetry.Stage, exception.Message);
            lifetime.StopApplication();
        }
    }
}
