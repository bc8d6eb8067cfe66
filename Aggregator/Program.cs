using Pipeline.Aggregator;
using Pipeline.Shared.Hosting;

return await PipelineHost.RunAsync(args, new PipelineProcess
{
    Name = "aggregator",
    Description = "Assembles traces from tracing.spans, decides them by tail-sampling rules, and emits the kept ones.",
    AddStages = builder => builder.Services.AddKafkaLog().AddAggregator(),
});
