using System.Reflection;
using Xunit;

namespace Pipeline.Architecture.Tests;

public sealed class ArchitectureTests
{
    [Fact]
    public void Projects_reference_only_what_they_may() => AssertNone(
        Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
            .Where(p => !p.Contains("/artifacts/", StringComparison.Ordinal))
            .SelectMany(p => Rules.WrongReferences(Path.GetFileNameWithoutExtension(p), Rules.ReferencesOf(File.ReadAllText(p)))));

    [Fact]
    public void Names_say_what_a_type_does() => AssertNone(Repository.AllSources.SelectMany(Rules.BadNames));

    [Fact]
    public void Words_stay_in_their_place() => AssertNone(Repository.ProductSources.SelectMany(Rules.Leaks));

    [Fact]
    public void What_decides_is_pure() => AssertNone(Repository.ProductSources.SelectMany(Rules.Impurities));

    [Fact]
    public void Event_ids_are_unique_and_in_their_range() => AssertNone(Rules.BadEventIds(Repository.ProductSources));

    [Fact]
    public void Options_have_validators_and_documentation() => AssertNone(Rules.BadOptions([.. Repository.ProductSources]));

    [Fact]
    public void Nothing_of_a_workplace_is_in_the_product() => AssertNone(Repository.ProductSources.SelectMany(Rules.WorkplaceWords));

    [Fact]
    public void Leaf_classes_are_sealed() => AssertNone(Assembly.Load("Pipeline.Shared").GetTypes() is var types
        ? types.Where(t => t is { IsClass: true, IsAbstract: false, IsSealed: false } && !t.Name.Contains('<', StringComparison.Ordinal) && !types.Any(d => d.BaseType == t)).Select(t => t.FullName + " is not sealed.")
        : []);

    [Fact]
    public void Confluents_types_appear_in_no_signature_outside_their_folder() => AssertNone(Assembly.Load("Pipeline.Shared").GetTypes()
        .Where(t => t.Namespace != "Pipeline.Shared.Messaging.Kafka" && !(t.FullName ?? "").Contains("Messaging.Kafka", StringComparison.Ordinal))
        .SelectMany(t => t.GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly).Select(m => (Type: t, Member: m)))
        .Where(m => m.Member.ToString()!.Contains("Confluent.", StringComparison.Ordinal))
        .Select(m => $"{m.Type.FullName}: {m.Member}"));

    private static void AssertNone(IEnumerable<string> problems)
    {
        var found = problems.ToList();
        Assert.True(found.Count == 0, string.Join('\n', found));
    }
}
