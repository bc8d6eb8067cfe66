using Pipeline.AllInOne;
using Pipeline.Shared.Hosting;

return await PipelineHost.RunAsync(args, AllInOneProcess.Create());
