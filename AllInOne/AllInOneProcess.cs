using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Options;
using Pipeline.Aggregator;
using Pipeline.AllInOne.Demo;
using Pipeline.Collector;
using Pipeline.Query;
using Pipeline.Shared.Hosting;
using Pipeline.Shared.Messaging.InMemory;
using Pipeline.Shared.Storage;
using Pipeline.Sinks;

namespace Pipeline.AllInOne;

/// <summary>
/// All four processes in one, over a log in memory and a store in a file: the same stages, no broker. What is in the log dies with the process; a clean stop reads it to
/// its end first.
/// </summary>
public static class AllInOneProcess
{
    /// <summary>The process as the host runs it.</summary>
    public static PipelineProcess Create() => new()
    {
        Name = "allinone",
        Description = "Collector, aggregator, sinks and query in one process, over memory and SQLite.",
        Switches =
        [
            new CommandLineSwitch("--data", "The file that traces are kept in (SQLite).", "Sqlite:Path"),
            new CommandLineSwitch("--demo", "Send the traffic of a small shop, and decide its traces at once.", "Demo:Enabled", IsFlag: true),
        ],
        AddStages = AddStages,
        MapEndpoints = app =>
        {
            app.MapCollector();
            app.MapQuery();
        },
        OnListening = Announce,
    };

    // Hosted services stop in the reverse order: first nothing more comes in, then what is there passes from stage to stage.
    private static void AddStages(WebApplicationBuilder builder)
    {
        builder.Services.AddPipelineOptions<DemoOptions, DemoOptionsValidator>("Demo");
        var isDemo = string.Equals(builder.Configuration["Demo:Enabled"], "true", StringComparison.OrdinalIgnoreCase);
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, new MemoryConfigurationSource { InitialData = AllInOneDefaults.For(isDemo, TimeProvider.System.GetUtcNow()) });
        builder.Services.AddRecordLog(new InMemoryLog());
        builder.Services.AddTraceStore();
        builder.Services.AddQuery();
        builder.Services.AddSinks();
        builder.Services.AddAggregator();
        builder.Services.AddCollector();
        if (isDemo)
            builder.Services.AddHostedService<DemoTraffic>();
    }

    private static void Announce(WebApplication app)
    {
        var collector = app.Services.GetRequiredService<IOptions<CollectorOptions>>().Value;
        var query = app.Services.GetRequiredService<IOptions<QueryOptions>>().Value;
        var admin = app.Services.GetRequiredService<IOptions<AdminOptions>>().Value;
        var isDemo = app.Services.GetRequiredService<IOptions<DemoOptions>>().Value.Enabled;
        app.Lifetime.ApplicationStopped.Register(DeleteDemoFolder);
        Console.Out.WriteLine($"""

              listening
                look here    http://{query.Address}:{query.Port}/{(isDemo ? "   (a demo shop is open: its first traces show in a few seconds)" : "")}
                send spans   OTLP/gRPC {collector.Address}:{collector.GrpcPort}, OTLP/HTTP http://{collector.Address}:{collector.HttpPort}/v1/traces
                operate      http://{admin.Address}:{admin.Port}/metrics, /livez, /readyz
                data         {Path.GetFullPath(app.Configuration["Sqlite:Path"]!)}{(isDemo ? "   (keep it: --data FILE)" : "")}

            """);
    }

    private static void DeleteDemoFolder()
    {
        if (Directory.Exists(AllInOneDefaults.DemoFolder))
            Directory.Delete(AllInOneDefaults.DemoFolder, recursive: true);
    }
}
