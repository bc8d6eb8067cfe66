using Pipeline.Architecture.Tests.Compiled;
using Xunit;

namespace Pipeline.Architecture.Tests;

public sealed class ArchitectureTests
{
    private static readonly IReadOnlyCollection<TypeUse> Uses = [.. Repository.Assemblies.SelectMany(a => a.Uses)];

    // A rule that reads nothing holds always.
    [Theory]
    [InlineData("Pipeline.Shared.Messaging.Kafka.", "Confluent.Kafka")]
    [InlineData("Pipeline.Shared.Storage.Sqlite.", "Microsoft.Data.Sqlite")]
    [InlineData("Pipeline.Shared.Encoding.", "Avro")]
    [InlineData("Pipeline.Collector.Receive.Otlp.", "Grpc.AspNetCore.Server")]
    [InlineData("Pipeline.Aggregator.Decide.", "Pipeline.Shared")]
    [InlineData("Pipeline.AllInOne.", "Pipeline.Query")]
    public void What_is_there_is_seen(string from, string assembly) =>
        Assert.Contains(Uses, u => u.From.StartsWith(from, StringComparison.Ordinal) && u.Assembly == assembly);

    [Fact]
    public void Projects_reference_only_what_they_may() =>
        AssertNone(Repository.Projects.SelectMany(p => ReferenceRules.Wrong(Path.GetFileNameWithoutExtension(p.Path), ReferenceRules.ReferencesOf(p.Text))));

    [Fact]
    public void Libraries_stay_in_their_place() => AssertNone(PlacementRules.StrayLibraries(Uses));

    [Fact]
    public void Layers_use_only_those_below() => AssertNone(PlacementRules.WrongLayers(Uses));

    [Fact]
    public void Wire_formats_and_stores_keep_their_types_to_themselves() => AssertNone(PlacementRules.OpenedRooms(Uses));

    [Fact]
    public void What_decides_is_pure() => AssertNone(PlacementRules.Impurities(Uses));

    [Fact]
    public void Leaf_classes_are_sealed() => AssertNone(PlacementRules.UnsealedLeaves([.. Repository.Assemblies.SelectMany(a => a.Types)]));

    [Fact]
    public void Names_say_what_a_type_does() => AssertNone(Repository.Sources.SelectMany(SourceRules.BadNames));

    [Fact]
    public void A_file_holds_one_type_and_no_more_than_a_reader_does() => AssertNone(Repository.ProductSources.SelectMany(SourceRules.BadFiles));

    [Fact]
    public void Confluent_is_named_only_in_its_folder() => AssertNone(Repository.ProductSources.SelectMany(SourceRules.ConfluentOutsideItsFolder));

    [Fact]
    public void A_stores_language_is_spoken_only_in_its_folder() => AssertNone(Repository.ProductSources.SelectMany(SourceRules.StoreLanguageOutsideItsFolder));

    [Fact]
    public void Event_ids_are_unique_and_in_their_range() => AssertNone(SourceRules.BadEventIds(Repository.ProductSources));

    [Fact]
    public void Options_have_validators_and_documentation() => AssertNone(SourceRules.BadOptions(Repository.ProductSources));

    [Fact]
    public void No_path_of_a_workplace_is_in_the_repository() => AssertNone(Repository.Texts.SelectMany(SourceRules.WorkplacePaths));

    private static void AssertNone(IEnumerable<string> problems)
    {
        var found = problems.Distinct().ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }
}
