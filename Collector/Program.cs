using Pipeline.Collector;
using Pipeline.Shared.Hosting;

return await PipelineHost.RunAsync(args, new PipelineProcess
{
    Name = "collector",
    Description = "Takes spans in over OTLP and publishes them to tracing.spans.",
    AddStages = builder => builder.Services.AddKafkaLog().AddCollector(),
    MapEndpoints = app => app.MapCollector(),
});
