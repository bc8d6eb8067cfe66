using Pipeline.Architecture.Tests.Compiled;
using Xunit;

namespace Pipeline.Architecture.Tests;

/// <summary>Each rule sees what it is there to see, and only that.</summary>
public sealed class RulesTests
{
    [Theory]
    [InlineData("Shared", "Collector")]
    [InlineData("Shared", "Shared")]
    [InlineData("Collector", "Aggregator")]
    [InlineData("Collector", "TestKit")]
    [InlineData("Query", "AllInOne")]
    [InlineData("Sinks.Tests", "Query")]
    [InlineData("Sinks.Tests", "AllInOne")]
    [InlineData("Pipeline.Benchmarks", "AllInOne")]
    [InlineData("TestKit", "Collector")]
    [InlineData("AllInOne", "TestKit")]
    public void A_wrong_reference_is_seen(string project, string reference) => Assert.Single(ReferenceRules.Wrong(project, [reference]));

    [Theory]
    [InlineData("Collector", "Shared")]
    [InlineData("AllInOne", "Query")]
    [InlineData("Sinks.Tests", "Sinks")]
    [InlineData("Sinks.Tests", "TestKit")]
    [InlineData("Pipeline.Tests", "AllInOne")]
    [InlineData("Pipeline.Benchmarks", "Collector")]
    public void A_right_reference_passes(string project, string reference) => Assert.Empty(ReferenceRules.Wrong(project, [reference]));

    [Fact]
    public void References_are_read_from_the_project_and_a_mere_build_order_is_none() => Assert.Equal(["Shared"], ReferenceRules.ReferencesOf(
        """
        <Project><ItemGroup>
          <ProjectReference Include="../Shared/Shared.csproj" />
          <ProjectReference Include="../AllInOne/AllInOne.csproj" ReferenceOutputAssembly="false" />
        </ItemGroup></Project>
        """));

    [Theory]
    [InlineData("Confluent.Kafka", "Pipeline.Aggregator.Consume.SpanConsumer")]
    [InlineData("Microsoft.Data.Sqlite", "Pipeline.Sinks.Store.StoreSink")]
    [InlineData("Avro", "Pipeline.Collector.Publish.SpanPublisher")]
    [InlineData("Google.Protobuf", "Pipeline.Shared.Encoding.AvroWriter")]
    [InlineData("Grpc.AspNetCore.Server", "Pipeline.Shared.Hosting.PipelineHost")]
    public void A_library_outside_its_place_is_seen(string assembly, string from) => Assert.Single(PlacementRules.StrayLibraries([new TypeUse(from, "X", assembly)]));

    [Fact]
    public void A_library_in_its_place_passes() => Assert.Empty(PlacementRules.StrayLibraries([new TypeUse("Pipeline.Shared.Messaging.Kafka.KafkaLog", "X", "Confluent.Kafka")]));

    [Theory]
    [InlineData("Pipeline.Shared.Model.Span", "Pipeline.Shared.Sampling.SamplingThreshold")]
    [InlineData("Pipeline.Shared.Sampling.SamplingThreshold", "Pipeline.Shared.Encoding.AvroWriter")]
    [InlineData("Pipeline.Shared.Encoding.SpanSet", "Pipeline.Shared.Messaging.Record")]
    [InlineData("Pipeline.Shared.Messaging.Record", "Pipeline.Shared.Model.Span")]
    [InlineData("Pipeline.Shared.Storage.Trace", "Pipeline.Shared.Messaging.Record")]
    [InlineData("Pipeline.Sinks.Store.StoreSink", "Pipeline.Collector.Publish.SpanPublisher")]
    public void A_use_against_the_layers_is_seen(string from, string to) => Assert.Single(PlacementRules.WrongLayers([new TypeUse(from, to, "Pipeline.Shared")]));

    [Theory]
    [InlineData("Pipeline.Shared.Encoding.TracePartition", "Pipeline.Shared.Messaging.Murmur2Partitioner")]
    [InlineData("Pipeline.Shared.Storage.StoreRegistration", "Pipeline.Shared.Hosting.OptionsRegistration")]
    [InlineData("Pipeline.AllInOne.AllInOneProcess", "Pipeline.Query.QueryPipeline")]
    public void A_use_along_the_layers_passes(string from, string to) => Assert.Empty(PlacementRules.WrongLayers([new TypeUse(from, to, "Pipeline.Shared")]));

    [Theory]
    [InlineData("Pipeline.Collector.Publish.SpanPublisher", "Pipeline.Collector.Receive.Otlp.OtlpTranscoder")]
    [InlineData("Pipeline.Query.Traces.TraceEndpoints", "Pipeline.Shared.Storage.Elasticsearch.ElasticsearchClient")]
    [InlineData("Pipeline.Sinks.Store.StoreSink", "Pipeline.Shared.Storage.Sqlite.SqliteDatabase")]
    public void A_use_of_what_is_another_folders_own_is_seen(string from, string to) => Assert.Single(PlacementRules.OpenedRooms([new TypeUse(from, to, "X")]));

    [Theory]
    [InlineData("Microsoft.Extensions.Logging.ILogger", null)]
    [InlineData("System.Diagnostics.Stopwatch", "StartNew")]
    [InlineData("System.TimeProvider", "get_System")]
    [InlineData("System.Environment", "get_TickCount64")]
    [InlineData("System.DateTime", "get_UtcNow")]
    public void A_clock_or_a_log_in_a_decision_is_seen(string type, string? member) =>
        Assert.Single(PlacementRules.Impurities([new TypeUse("Pipeline.Aggregator.Decide.TailSampler", type, "System.Runtime", member)]));

    [Theory]
    [InlineData("Pipeline.Aggregator.Decide.TailSampler", "System.TimeProvider", "GetUtcNow")]
    [InlineData("Pipeline.Aggregator.Consume.SpanConsumer", "System.Diagnostics.Stopwatch", "StartNew")]
    public void A_clock_that_was_given_passes_and_so_does_one_elsewhere(string from, string type, string member) =>
        Assert.Empty(PlacementRules.Impurities([new TypeUse(from, type, "System.Runtime", member)]));

    [Fact]
    public void An_open_leaf_is_seen_and_a_base_class_is_not() => Assert.Equal(["Pipeline.Leaf is not sealed."], PlacementRules.UnsealedLeaves([
        new CompiledType("Pipeline.Root", "System.Object", true), new CompiledType("Pipeline.Leaf", "Pipeline.Root", true), new CompiledType("Pipeline.Closed", "Pipeline.Root", false)]));

    [Theory]
    [InlineData("internal sealed class SpanManager;", 1)]
    [InlineData("public static class Utils\n{", 1)]
    [InlineData("internal readonly record struct TraceInfo(int X);", 1)]
    [InlineData("    private sealed class Data;", 1)]
    [InlineData("internal sealed class SpanService;", 1)]
    [InlineData("internal sealed class OtlpGrpcService;", 0)]
    [InlineData("internal sealed class SpanPublisher;", 0)]
    public void A_name_that_says_nothing_is_seen(string text, int expected) => Assert.Equal(expected, SourceRules.BadNames(new SourceFile("X.cs", text)).Count());

    [Fact]
    public void A_second_type_a_region_and_a_long_file_are_seen()
    {
        var text = "internal sealed class A\n{\n    private sealed class Inner;\n}\n#region x\ninternal enum B;\n" + new string('\n', 400);
        Assert.Equal(3, SourceRules.BadFiles(new SourceFile("X.cs", text)).Count());
    }

    [Fact]
    public void A_file_with_one_type_passes() => Assert.Empty(SourceRules.BadFiles(new SourceFile("X.cs", "internal sealed class A\n{\n    private sealed class Inner;\n}\n")));

    [Theory]
    [InlineData("Aggregator/X.cs", 1)]
    [InlineData("Shared/Messaging/InMemory/X.cs", 1)]
    [InlineData("Shared/Messaging/Kafka/X.cs", 0)]
    public void Confluents_name_is_seen(string path, int expected) => Assert.Equal(expected, SourceRules.ConfluentOutsideItsFolder(new SourceFile(path, "using Confluent.Kafka;")).Count());

    [Theory]
    [InlineData("Query/X.cs", "var q = \"SELECT id FROM spans\";", 1)]
    [InlineData("Query/X.cs", "client.Post(\"/traces/_search\")", 1)]
    [InlineData("Shared/Storage/Sqlite/X.cs", "var q = \"SELECT id FROM spans\";", 0)]
    [InlineData("Shared/Storage/Elasticsearch/X.cs", "client.Post(\"/_bulk\")", 0)]
    [InlineData("Query/X.cs", "// Select what is left from the list", 0)]
    public void A_stores_language_elsewhere_is_seen(string path, string text, int expected) => Assert.Equal(expected, SourceRules.StoreLanguageOutsideItsFolder(new SourceFile(path, text)).Count());

    [Fact]
    public void Event_ids_that_clash_stray_or_are_missing_are_seen()
    {
        var wrong = SourceRules.BadEventIds([
            new SourceFile("Collector/AEvents.cs", "[LoggerMessage(1000, LogLevel.Debug)]"),
            new SourceFile("Collector/BEvents.cs", "[LoggerMessage(EventId = 1000, X)] [LoggerMessage(2000, X)] [LoggerMessage(Level = X)]"),
            new SourceFile("Collector/Other.cs", "[LoggerMessage(1001, X)]")]);
        Assert.Equal(4, wrong.Count());
    }

    [Fact]
    public void Options_without_validator_or_documentation_are_seen() => Assert.Equal(2, SourceRules.BadOptions([
        new SourceFile("X/FooOptions.cs", "public sealed class FooOptions\n{\n    public int A { get; set; }\n}")]).Count());

    [Fact]
    public void Options_that_are_part_of_validated_ones_pass() => Assert.Empty(SourceRules.BadOptions([
        new SourceFile("X/FooOptions.cs", "public sealed class FooOptions\n{\n    /// <summary>Bars.</summary>\n    public IList<BarOptions> Bars { get; } = [];\n}"),
        new SourceFile("X/BarOptions.cs", "public sealed class BarOptions\n{\n    /// <summary>A.</summary>\n    public int A { get; set; }\n}"),
        new SourceFile("X/FooOptionsValidator.cs", "internal sealed class FooOptionsValidator : IValidateOptions<FooOptions>;")]));

    [Theory]
    [InlineData("X.cs", "/work" + "/main", 1)]
    [InlineData("README.md", "../" + "shared/services", 1)]
    [InlineData("Makefile", "../" + "shared/services", 0)]
    [InlineData("README.md", "/workloads", 0)]
    public void Paths_of_a_workplace_are_seen(string path, string text, int expected) => Assert.Equal(expected, SourceRules.WorkplacePaths(new SourceFile(path, text)).Count());
}
