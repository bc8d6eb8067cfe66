using Microsoft.Extensions.Options;
using Pipeline.Shared.Hosting;
using Pipeline.Sinks.Consume;
using Pipeline.Sinks.Diagnostics;
using Pipeline.Sinks.ServiceEdges;
using Pipeline.Sinks.Store;

namespace Pipeline.Sinks;

/// <summary>
/// The sinks' stages:
/// <list type="number">
/// <item>consume: <see cref="TraceConsumer"/> reads <c>tracing.traces</c> in batches;</item>
/// <item>store: <see cref="StoreSink"/> gives every span a final verdict, <see cref="RetentionCleaner"/> deletes what is expired;</item>
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
        services.AddSingleton(provider => new BatchSchedule(provider.GetRequiredService<IOptions<SinksOptions>>().Value, Environment.ProcessId));
        services.AddSingleton<StoreSink>();
        services.AddSingleton<EdgeExposition>();
        services.AddSingleton(provider => new MetricsSupplement(provider.GetRequiredService<EdgeExposition>().Write));
        services.AddHostedService<TraceConsumer>();
        services.AddHostedService<RetentionCleaner>();
        services.AddHostedService<EdgeConsumer>();
        services.AddHostedService<DependencyWriter>();
        return services;
    }
}
