using Microsoft.Extensions.Options;
using Pipeline.Shared.Storage;
using Pipeline.Sinks.Diagnostics;

namespace Pipeline.Sinks.Store;

/// <summary>Has the store delete what is older than its retention, every so often.</summary>
internal sealed class RetentionCleaner(ITraceWriter writer, IOptions<SinksOptions> options, SinkEvents events, TimeProvider time) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.RetentionInterval, time);
        while (await TickAsync(timer, stoppingToken))
        {
            try
            {
                await writer.DeleteExpiredAsync(stoppingToken);
            }
            catch (StoreUnavailableException exception)
            {
                events.RetentionDelayed(exception.Message);
            }
        }
    }

    private static async Task<bool> TickAsync(PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return false;
        }
    }
}
