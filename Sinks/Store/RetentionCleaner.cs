using Microsoft.Extensions.Options;
using Pipeline.Shared.Storage;
using Pipeline.Sinks.Diagnostics;

namespace Pipeline.Sinks.Store;

/// <summary>Has the store delete what is past its retention, once at the start and then every so often.</summary>
internal sealed class RetentionCleaner(ITraceWriter store, StorePreparation preparation, IOptions<SinksOptions> options, SinkEvents events, TimeProvider time) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await preparation.Completed.WaitAsync(stoppingToken);
            using var timer = new PeriodicTimer(options.Value.RetentionInterval, time);
            do
                await CleanAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The process stops.
        }
    }

    private async Task CleanAsync(CancellationToken cancellation)
    {
        try
        {
            await store.DeleteExpiredAsync(cancellation);
        }
        catch (StoreUnavailableException exception)
        {
            events.RetentionDelayed(exception.Message);
        }
    }
}
