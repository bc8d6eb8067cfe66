using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Hosting;
using Pipeline.Shared.Messaging;

namespace Pipeline.Aggregator.Tests.Consume;

/// <summary>An aggregator on a given log, with waits short enough for a test.</summary>
internal sealed class AggregatorProcess(IRecordLog log, string instance, Dictionary<string, string?>? settings = null, int partitionCount = 4) : IAsyncDisposable
{
    private readonly WebApplication _app = PipelineHost.Build(new PipelineProcess
    {
        Name = "aggregator",
        Description = "under test",
        AddStages = builder =>
        {
            builder.Services.AddSingleton(new RecordFraming());
            builder.Services.AddSingleton(log);
            builder.Services.AddAggregator();
        },
    }, new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["Admin:Port"] = "0",
        ["Topics:PartitionCount"] = partitionCount.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ["Aggregator:InstanceId"] = instance,
        ["Aggregator:DecisionWait"] = "00:00:00.600",
        ["Aggregator:DecisionWaitAfterRoot"] = "00:00:00.200",
        ["Aggregator:StepInterval"] = "00:00:00.050",
    }).AddInMemoryCollection(settings ?? []).Build());

    public StageHealth Health => _app.Services.GetRequiredService<StageHealth>();

    public async Task<AggregatorProcess> StartAsync()
    {
        await _app.StartAsync();
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
