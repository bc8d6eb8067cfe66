using Pipeline.Architecture.Tests.Compiled;

namespace Pipeline.Architecture.Tests;

/// <summary>Which compiled type may use which.</summary>
internal static class PlacementRules
{
    private const string Shared = "Pipeline.Shared.";
    private const string Aggregator = "Pipeline.Aggregator.";

    // A library's types appear only in these places.
    private static readonly (string Assembly, string[] Places)[] Libraries =
    [
        ("Confluent.Kafka", [Shared + "Messaging.Kafka."]),
        ("Microsoft.Data.Sqlite", [Shared + "Storage.Sqlite."]),
        ("SQLitePCLRaw", [Shared + "Storage.Sqlite."]),
        ("Avro", [Shared + "Encoding."]),
        ("Google.Protobuf", ["Pipeline.Collector.Receive.", "Pipeline.Sinks.Forward."]),
        ("Grpc.", ["Pipeline.Collector.Receive.", "Pipeline.Collector.CollectorPipeline", "Pipeline.Sinks.Forward.", "Pipeline.AllInOne.Demo."]),
        ("System.CommandLine", [Shared + "Hosting."]),
    ];

    // What is in here uses, of our own, only what is in there.
    private static readonly (string From, string[] To)[] Layers =
    [
        (Shared + "Model.", [Shared + "Model."]),
        (Shared + "Sampling.", [Shared + "Sampling.", Shared + "Model."]),
        (Shared + "Encoding.SchemaRegistry.", [Shared + "Encoding."]),
        (Shared + "Encoding.", [Shared + "Encoding.", Shared + "Model.", Shared + "Messaging.Murmur2Partitioner"]),
        (Shared + "Messaging.", [Shared + "Messaging."]),
        (Shared + "Storage.StoreRegistration", [Shared + "Storage.", Shared + "Hosting."]),
        (Shared + "Storage.", [Shared + "Storage.", Shared + "Encoding.", Shared + "Model.", Shared + "Sampling."]),
        (Shared, [Shared]),
        ("Pipeline.Collector.", ["Pipeline.Collector.", Shared]),
        (Aggregator, [Aggregator, Shared]),
        ("Pipeline.Sinks.", ["Pipeline.Sinks.", Shared]),
        ("Pipeline.Query.", ["Pipeline.Query.", Shared]),
    ];

    // What is in here is used only from there.
    private static readonly (string To, string[] From)[] Rooms =
    [
        ("Pipeline.Collector.Receive.Otlp.", ["Pipeline.Collector.Receive.", "Pipeline.Collector.CollectorPipeline"]),
        ("Pipeline.Collector.Receive.Zipkin.", ["Pipeline.Collector.Receive.", "Pipeline.Collector.CollectorPipeline"]),
        ("Pipeline.Collector.Receive.Jaeger.", ["Pipeline.Collector.Receive.", "Pipeline.Collector.CollectorPipeline"]),
        (Shared + "Storage.Elasticsearch.", [Shared + "Storage.Elasticsearch.", Shared + "Storage.StoreRegistration"]),
        (Shared + "Storage.Sqlite.", [Shared + "Storage.Sqlite.", Shared + "Storage.StoreRegistration"]),
        (Shared + "Messaging.Kafka.", [Shared + "Messaging.Kafka.", Shared + "Hosting.RecordLogRegistration"]),
    ];

    // What decides does so from what it is given.
    private static readonly string[] Pure = ["Pipeline.Collector.Sample.", Aggregator + "Assemble.", Aggregator + "Decide.", Aggregator + "Emit.ServiceEdges.", "Pipeline.Sinks.Store.BatchSchedule", Shared + "Model.", Shared + "Sampling."];
    private static readonly string[] ImpureTypes = ["Microsoft.Extensions.Logging.", "System.IO.File", "System.IO.Directory", "System.Net.", "System.Diagnostics.Stopwatch", "System.Threading.Timer", "System.Console"];
    private static readonly string[] ImpureMembers = ["System.DateTime.get_UtcNow", "System.DateTime.get_Now", "System.DateTimeOffset.get_UtcNow", "System.DateTimeOffset.get_Now", "System.TimeProvider.get_System", "System.Environment.get_TickCount", "System.Environment.get_TickCount64", "System.Random.get_Shared", "System.Guid.NewGuid", "System.Guid.CreateVersion7"];

    /// <summary>Types of a library outside its place.</summary>
    public static IEnumerable<string> StrayLibraries(IEnumerable<TypeUse> uses) =>
        from use in uses
        from library in Libraries
        where use.Assembly.StartsWith(library.Assembly, StringComparison.Ordinal) && !StartsWithAny(use.From, library.Places)
        select $"{use.From} uses {use.To} of {use.Assembly}, which belongs to {string.Join(", ", library.Places)}.";

    /// <summary>Uses against the order of the layers.</summary>
    public static IEnumerable<string> WrongLayers(IEnumerable<TypeUse> uses) =>
        from use in uses
        where use.Assembly.StartsWith("Pipeline.", StringComparison.Ordinal) && !IsGenerated(use.To)
        let layer = Layers.FirstOrDefault(l => use.From.StartsWith(l.From, StringComparison.Ordinal))
        where layer.To is not null && !StartsWithAny(use.To, layer.To)
        select $"{use.From} uses {use.To}; {layer.From} may not.";

    /// <summary>Uses of what is another folder's own.</summary>
    public static IEnumerable<string> OpenedRooms(IEnumerable<TypeUse> uses) =>
        from use in uses
        from room in Rooms
        where use.To.StartsWith(room.To, StringComparison.Ordinal) && !StartsWithAny(use.From, room.From)
        select $"{use.From} uses {use.To}, which is its folder's own.";

    /// <summary>I/O, logs, clocks and chance where decisions are made.</summary>
    public static IEnumerable<string> Impurities(IEnumerable<TypeUse> uses) =>
        from use in uses
        where StartsWithAny(use.From, Pure) && (StartsWithAny(use.To, ImpureTypes) || ImpureMembers.Contains($"{use.To}.{use.Member}"))
        select $"{use.From} uses {use.To}{(use.Member is null ? "" : "." + use.Member)}: what decides does no I/O, writes no log, and looks at no clock of its own.";

    /// <summary>Classes that nothing derives from and that are not sealed.</summary>
    public static IEnumerable<string> UnsealedLeaves(IReadOnlyCollection<CompiledType> types)
    {
        var bases = types.Select(t => t.BaseType).ToHashSet();
        return types.Where(t => t.IsOpenClass && !bases.Contains(t.Name) && !IsGenerated(t.Name)).Select(t => $"{t.Name} is not sealed.");
    }

    // The compiler's own types, and the Program of top-level statements, whose shape is not ours to choose.
    private static bool IsGenerated(string name) => name.Contains('<', StringComparison.Ordinal) || !name.StartsWith("Pipeline.", StringComparison.Ordinal);

    private static bool StartsWithAny(string name, string[] prefixes) => prefixes.Any(p => name.StartsWith(p, StringComparison.Ordinal));
}
