using Pipeline.Shared.Hosting;
using Pipeline.Sinks.Consume;
using Pipeline.Sinks.Diagnostics;
using Pipeline.Sinks.ServiceEdges;
using Pipeline.Sinks.Store;

namespace Pipeline.Sinks;

/// <summary>
/// The sinks' stages:
/// <list type="number">
/// <item>consume: <see cref="TraceConsumer"/> reads <c>tracing.traces</c> in batches, and commits an offset once all below it has a verdict;</item>
/// <item>store: <see cref="TraceBatchWriter"/> gives every span its final verdict, however long the store is away; <see cref="RetentionCleaner"/> deletes what is expired;</item>
/// <item>service edges: <see cref="EdgeConsumer"/> adds up <c>tracing.service-edges</c>, <see cref="EdgeExposition"/> shows the totals, <see cref="DependencyWriter"/> stores them by hour.</item>
/// </list>
/// </summary>
public static class SinksPipeline
{
    /// <summary>Adds the stages. The host provides the record log, the framing and the store.</summary>
    public static IServiceCollection AddSinks(this IServiceCollection services)
    {
        services.AddPipelineOptions<SinksOptions, SinksOptionsValidator>("Sinks");
        services.AddSingleton<SinkMetrics>();
        services.AddSingleton<SinkEvents>();
        services.AddSingleton<SupervisedLoop>();
        services.AddSingleton<StoreRetry>();
        services.AddSingleton<DeadLetterWriter>();
        services.AddSingleton<TraceBatchWriter>();
        services.AddSingleton<StorePreparation>();
        services.AddSingleton<EdgeExposition>();
        services.AddSingleton(provider => new MetricsSupplement(provider.GetRequiredService<EdgeExposition>().Write));
        // They stop in the reverse order: what is read last is still written.
        services.AddHostedService(provider => provider.GetRequiredService<StorePreparation>());
        services.AddHostedService<RetentionCleaner>();
        services.AddHostedService<DependencyWriter>();
        services.AddHostedService<EdgeConsumer>();
        services.AddHostedService<TraceConsumer>();
        return services;
    }
}
