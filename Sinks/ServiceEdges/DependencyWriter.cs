using Microsoft.Extensions.Options;
using Pipeline.Shared.Messaging;
using Pipeline.Shared.Storage;
using Pipeline.Sinks.Diagnostics;
using Pipeline.Sinks.Store;

namespace Pipeline.Sinks.ServiceEdges;

/// <summary>Writes the calls of each hour to the store as dependencies, whenever they have changed; writing an hour again replaces it.</summary>
internal sealed class DependencyWriter(ITraceWriter writer, StorePreparation preparation, EdgeExposition exposition, IOptions<SinksOptions> options, SinkEvents events, SinkMetrics metrics, TimeProvider time) : BackgroundService
{
    private readonly Dictionary<(int Partition, long HourMs), double> _written = [];

    /// <summary>Writes what has changed since the last time.</summary>
    public async Task WriteChangedAsync(CancellationToken cancellation)
    {
        foreach (var partition in exposition.Partitions.ToList())
            foreach (var (hour, dependencies) in Hours(exposition.Series(partition)))
                await WriteHourAsync(partition, hour, dependencies, cancellation);
    }

    /// <summary>Writes the last totals as well; the consumer has stopped by then.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (preparation.Completed.IsCompletedSuccessfully)
            await TryWriteAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await preparation.Completed.WaitAsync(stoppingToken);
            using var timer = new PeriodicTimer(options.Value.DependencyInterval, time);
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TryWriteAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The process stops.
        }
    }

    private async Task TryWriteAsync(CancellationToken cancellation)
    {
        try
        {
            await WriteChangedAsync(cancellation);
        }
        catch (StoreUnavailableException exception)
        {
            events.DependenciesDelayed(exception.Message);
        }
    }

    private async Task WriteHourAsync(int partition, long hourMs, List<Dependency> dependencies, CancellationToken cancellation)
    {
        var calls = dependencies.Sum(d => (double)d.CallCount);
        if (_written.GetValueOrDefault((partition, hourMs), -1) == calls)
            return;
        await writer.WriteDependenciesAsync(DateTimeOffset.FromUnixTimeMilliseconds(hourMs), partition + options.Value.DependencyEpoch * Topics.EdgePartitionCount, dependencies, cancellation);
        metrics.DependencyDocuments.Inc();
        _written[(partition, hourMs)] = calls;
        if (_written.Count > 10_000)
            _written.Clear();
    }

    private IEnumerable<(long HourMs, List<Dependency> Dependencies)> Hours(IReadOnlyList<ExposedEdge> series) => series
        .Where(IsDependency)
        .SelectMany(e => e.Hours.Select(h => (e.Key, Hour: h.Key, Calls: h.Value)))
        .GroupBy(c => c.Hour)
        .Select(hour => (hour.Key, hour.GroupBy(c => (c.Key.Client, c.Key.Server)).Select(c => new Dependency(c.Key.Client, c.Key.Server, (long)Math.Round(c.Sum(x => x.Calls)))).ToList()));

    // Nobody calls from `user`; databases and external peers are nodes where wanted.
    private bool IsDependency(ExposedEdge edge) => edge.Key != EdgePartition.Overflow && edge.Key.VirtualNode != "client"
        && (edge.Key.VirtualNode.Length == 0 || options.Value.DependenciesIncludeVirtualNodes);
}
