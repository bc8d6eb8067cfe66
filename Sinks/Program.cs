using Pipeline.Shared.Hosting;
using Pipeline.Shared.Storage;
using Pipeline.Sinks;

return await PipelineHost.RunAsync(args, new PipelineProcess
{
    Name = "sinks",
    Description = "Writes kept traces to the store and turns service edges into metrics.",
    AddStages = builder => builder.Services.AddKafkaLog().AddTraceStore().AddSinks(),
});
