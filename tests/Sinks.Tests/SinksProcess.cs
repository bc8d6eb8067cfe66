using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Hosting;
using Pipeline.Shared.Messaging;
using Pipeline.Shared.Storage;
using Pipeline.Sinks.ServiceEdges;
using Prometheus;

namespace Pipeline.Sinks.Tests;

/// <summary>Sinks on a given log and store, with waits short enough for a test.</summary>
internal sealed class SinksProcess(IRecordLog log, ITraceWriter store, string instance = "a", Dictionary<string, string?>? settings = null) : IAsyncDisposable
{
    private readonly WebApplication _app = PipelineHost.Build(new PipelineProcess
    {
        Name = "sinks",
        Description = "under test",
        AddStages = builder =>
        {
            builder.Services.AddSingleton(new RecordFraming());
            builder.Services.AddSingleton(log);
            builder.Services.AddSingleton(store);
            builder.Services.AddSinks();
        },
    }, new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
    {
        ["Admin:Port"] = "0",
        ["Logging:LogLevel:Default"] = "None",
        ["Topics:PartitionCount"] = "4",
        ["Sinks:InstanceId"] = instance,
        ["Sinks:SessionTimeout"] = "00:00:01",
        ["Sinks:BatchInterval"] = "00:00:00.020",
        ["Sinks:RetryFirst"] = "00:00:00.010",
        ["Sinks:RetryMax"] = "00:00:00.050",
        ["Sinks:EdgeStepInterval"] = "00:00:00.050",
        ["Sinks:DependencyInterval"] = "00:00:00.100",
    }).AddInMemoryCollection(settings ?? []).Build());

    private bool _isStopped;

    public StageHealth Health => _app.Services.GetRequiredService<StageHealth>();

    public EdgeExposition Exposition => _app.Services.GetRequiredService<EdgeExposition>();

    public async Task<SinksProcess> StartAsync()
    {
        await _app.StartAsync();
        return this;
    }

    /// <summary>Done when the process has been asked to stop, by itself or by the test.</summary>
    public Task Stopping()
    {
        var stopping = new TaskCompletionSource();
        _app.Lifetime.ApplicationStopping.Register(stopping.SetResult);
        return stopping.Task;
    }

    /// <summary>The value of a metric without labels.</summary>
    public async Task<double> MetricAsync(string name)
    {
        using var buffer = new MemoryStream();
        await _app.Services.GetRequiredService<CollectorRegistry>().CollectAndExportAsTextAsync(buffer);
        var line = System.Text.Encoding.UTF8.GetString(buffer.ToArray()).Split('\n').Single(l => l.StartsWith(name + " ", StringComparison.Ordinal));
        return double.Parse(line[name.Length..], System.Globalization.CultureInfo.InvariantCulture);
    }

    public async Task StopAsync()
    {
        _isStopped = true;
        await _app.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isStopped)
            await StopAsync();
        await _app.DisposeAsync();
    }
}
