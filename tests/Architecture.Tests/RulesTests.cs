using Xunit;

namespace Pipeline.Architecture.Tests;

/// <summary>Each rule sees what it is there to see.</summary>
public sealed class RulesTests
{
    [Theory]
    [InlineData("Shared", "Collector")]
    [InlineData("Collector", "Aggregator")]
    [InlineData("Query", "AllInOne")]
    [InlineData("Sinks.Tests", "Query")]
    public void A_wrong_reference_is_seen(string project, string reference) => Assert.Single(Rules.WrongReferences(project, [reference]));

    [Theory]
    [InlineData("Collector", "Shared")]
    [InlineData("AllInOne", "Query")]
    [InlineData("Sinks.Tests", "Sinks")]
    public void A_right_reference_passes(string project, string reference) => Assert.Empty(Rules.WrongReferences(project, [reference]));

    [Fact]
    public void References_are_read_from_the_project() =>
        Assert.Equal(["Shared"], Rules.ReferencesOf("""<Project><ItemGroup><ProjectReference Include="../Shared/Shared.csproj" /></ItemGroup></Project>"""));

    [Theory]
    [InlineData("internal sealed class SpanManager;", true)]
    [InlineData("public static class Utils\n{", true)]
    [InlineData("internal readonly record struct TraceInfo(int X);", true)]
    [InlineData("internal sealed class SpanPublisher;", false)]
    public void A_name_that_says_nothing_is_seen(string text, bool expected) => Assert.Equal(expected, Rules.BadNames(new SourceFile("X.cs", text)).Any());

    [Theory]
    [InlineData("Aggregator/X.cs", "using Confluent.Kafka;")]
    [InlineData("Sinks/X.cs", "using Microsoft.Data.Sqlite;")]
    [InlineData("Shared/Model/X.cs", "using Pipeline.Shared.Encoding;")]
    [InlineData("Shared/Messaging/X.cs", "Pipeline.Shared.Model.TraceId id;")]
    [InlineData("Shared/Hosting/X.cs", "using Grpc.Core;")]
    public void A_leak_is_seen(string path, string text) => Assert.Single(Rules.Leaks(new SourceFile(path, text)));

    [Theory]
    [InlineData("Shared/Messaging/Kafka/X.cs", "using Confluent.Kafka;")]
    [InlineData("Shared/Encoding/X.cs", "using Pipeline.Shared.Model;")]
    public void What_is_in_its_place_passes(string path, string text) => Assert.Empty(Rules.Leaks(new SourceFile(path, text)));

    [Fact]
    public void A_clock_in_a_decision_is_seen() => Assert.Single(Rules.Impurities(new SourceFile("Aggregator/Decide/X.cs", "var w = Stopwatch.StartNew();")));

    [Fact]
    public void Event_ids_that_clash_or_stray_are_seen() => Assert.Equal(2, Rules.BadEventIds([
        new SourceFile("Collector/A.cs", "[LoggerMessage(1000, LogLevel.Debug)]"), new SourceFile("Collector/B.cs", "[LoggerMessage(1000, X)] [LoggerMessage(2000, X)]")]).Count());

    [Fact]
    public void Options_without_validator_or_documentation_are_seen() => Assert.Equal(2, Rules.BadOptions([
        new SourceFile("X/FooOptions.cs", "public sealed class FooOptions\n{\n    public int A { get; set; }\n}")]).Count());

    [Fact]
    public void Words_of_a_workplace_are_seen() => Assert.Single(Rules.WorkplaceWords(new SourceFile("X.cs", "var path = \"/work" + "/main\";")));
}
