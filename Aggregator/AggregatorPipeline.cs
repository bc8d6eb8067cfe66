using Pipeline.Aggregator.Consume;
using Pipeline.Aggregator.Diagnostics;
using Pipeline.Shared.Hosting;

namespace Pipeline.Aggregator;

/// <summary>
/// The aggregator's stages, in the order in which a span passes them:
/// <list type="number">
/// <item>consume: <see cref="SpanConsumer"/> polls records of <c>tracing.spans</c>; <see cref="TakeOver"/> continues where earlier owners of a partition stopped;</item>
/// <item>assemble: <see cref="Assemble.TraceShard"/>, one per partition, gathers encoded spans by trace id;</item>
/// <item>decide: <see cref="Decide.TailSampler"/> keeps or drops what is due; <see cref="Decide.DecisionCache"/> tells late spans where to go;</item>
/// <item>emit: <see cref="Emit.StepTransaction"/> commits kept traces, decisions, edges and offsets as one.</item>
/// </list>
/// </summary>
public static class AggregatorPipeline
{
    /// <summary>Adds the stages. The host provides the record log and the framing.</summary>
    public static IServiceCollection AddAggregator(this IServiceCollection services)
    {
        services.AddPipelineOptions<AggregatorOptions, AggregatorOptionsValidator>("Aggregator");
        services.AddSingleton<AggregatorMetrics>();
        services.AddSingleton<AggregatorEvents>();
        services.AddHostedService<SpanConsumer>();
        return services;
    }
}
