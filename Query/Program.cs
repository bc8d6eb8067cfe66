using Pipeline.Query;
using Pipeline.Shared.Hosting;
using Pipeline.Shared.Storage;

return await PipelineHost.RunAsync(args, new PipelineProcess
{
    Name = "query",
    Description = "Serves stored traces: Jaeger's HTTP JSON API and the web pages.",
    AddStages = builder => builder.Services.AddTraceStore().AddQuery(),
    MapEndpoints = app => app.MapQuery(),
});
