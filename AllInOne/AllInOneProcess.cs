using Microsoft.Extensions.Options;
using Pipeline.Aggregator;
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
        Defaults = new Dictionary<string, string?>
        {
            ["Topics:PartitionCount"] = "4",
            ["Aggregator:DecideOpenOnShutdown"] = "true",
            ["Sinks:DrainOnShutdown"] = "true",
            ["Sinks:BatchInterval"] = "00:00:00.200",
            ["Sinks:DependencyInterval"] = "00:00:05",
            ["Sqlite:Path"] = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "pipeline", "traces.db"),
        },
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
        builder.Services.AddRecordLog(new InMemoryLog());
        builder.Services.AddTraceStore();
        builder.Services.AddQuery();
        builder.Services.AddSinks();
        builder.Services.AddAggregator();
        builder.Services.AddCollector();
    }

    private static void Announce(WebApplication app)
    {
        var collector = app.Services.GetRequiredService<IOptions<CollectorOptions>>().Value;
        var query = app.Services.GetRequiredService<IOptions<QueryOptions>>().Value;
        Console.Out.WriteLine($"""

              listening
                look here    http://{query.Address}:{query.Port}/
                send spans   OTLP/gRPC {collector.Address}:{collector.GrpcPort}, OTLP/HTTP {collector.Address}:{collector.HttpPort}
            """);
    }
}
