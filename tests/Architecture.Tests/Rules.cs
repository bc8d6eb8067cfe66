using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Pipeline.Architecture.Tests;

/// <summary>The rules, as functions from what is there to what is wrong with it, so that each can be tried on a bad sample.</summary>
internal static partial class Rules
{
    private static readonly string[] Processes = ["Collector", "Aggregator", "Sinks", "Query"];
    private static readonly string[] BannedSuffixes = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Processor", "Data", "Info", "Base", "Impl"];

    /// <summary>What a project may not reference, by its name and the names of the projects it references.</summary>
    public static IEnumerable<string> WrongReferences(string project, IEnumerable<string> references)
    {
        foreach (var reference in references)
        {
            var allowed = project switch
            {
                "Shared" => false,
                _ when Processes.Contains(project) => reference == "Shared",
                "AllInOne" => reference == "Shared" || Processes.Contains(reference),
                "TestKit" => reference == "Shared",
                "Pipeline.Tests" or "Pipeline.Benchmarks" or "Integration.Tests" => true,
                _ when project.EndsWith(".Tests", StringComparison.Ordinal) => reference == project[..^6] || reference is "Shared" or "TestKit",
                _ => true,
            };
            if (!allowed)
                yield return $"{project} may not reference {reference}.";
        }
    }

    public static IEnumerable<string> ReferencesOf(string projectXml) =>
        XDocument.Parse(projectXml).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension((string)r.Attribute("Include")!));

    /// <summary>Type names that say nothing about what the type does.</summary>
    public static IEnumerable<string> BadNames(SourceFile file) => TypeDeclaration().Matches(file.Text)
        .Select(m => m.Groups["name"].Value)
        .Where(n => BannedSuffixes.Any(s => n.EndsWith(s, StringComparison.Ordinal) && n.Length > s.Length) || BannedSuffixes.Contains(n))
        .Select(n => $"{file.Path}: {n} has a suffix that says nothing.");

    /// <summary>Words of one place that are used in another.</summary>
    public static IEnumerable<string> Leaks(SourceFile file)
    {
        if (file.Text.Contains("Confluent.Kafka", StringComparison.Ordinal) && !file.Path.StartsWith("Shared/Messaging/Kafka/", StringComparison.Ordinal))
            yield return $"{file.Path} names Confluent's types, which belong to Shared/Messaging/Kafka.";
        if (file.Text.Contains("Microsoft.Data.Sqlite", StringComparison.Ordinal) && !file.Path.StartsWith("Shared/Storage/Sqlite/", StringComparison.Ordinal))
            yield return $"{file.Path} names SQLite's types, which belong to Shared/Storage/Sqlite.";
        if (Using(file, "Grpc.") && file.Path.StartsWith("Shared/", StringComparison.Ordinal))
            yield return $"{file.Path} names gRPC's types, which belong to the receivers.";
        foreach (var (folder, allowed) in new (string, string[])[] { ("Shared/Model/", []), ("Shared/Sampling/", ["Model"]), ("Shared/Encoding/", ["Model", "Sampling", "Messaging", "Encoding"]), ("Shared/Messaging/", ["Messaging"]), ("Shared/Storage/", ["Model", "Encoding", "Sampling", "Storage", "Hosting"]) })
            if (file.Path.StartsWith(folder, StringComparison.Ordinal))
                foreach (var used in OwnNamespace().Matches(file.Text).Select(m => m.Groups["name"].Value).Distinct().Where(n => folder != $"Shared/{n}/" && !allowed.Contains(n)))
                    yield return $"{file.Path} uses Pipeline.Shared.{used}; {folder} may not.";
    }

    /// <summary>Stages that decide must do so from what they are given.</summary>
    public static IEnumerable<string> Impurities(SourceFile file)
    {
        if (!PureFolder().IsMatch(file.Path))
            yield break;
        foreach (var word in new[] { "ILogger", "TimeProvider.System", "Stopwatch", "Environment.TickCount", "File.", "HttpClient", "Random.Shared" })
            if (file.Text.Contains(word, StringComparison.Ordinal))
                yield return $"{file.Path} uses {word}: what decides does no I/O and looks at no clock of its own.";
    }

    /// <summary>Event ids that come twice or lie outside their process's range.</summary>
    public static IEnumerable<string> BadEventIds(IEnumerable<SourceFile> files)
    {
        var seen = new Dictionary<int, string>();
        foreach (var file in files)
        {
            foreach (var id in EventId().Matches(file.Text).Select(m => int.Parse(m.Groups["id"].Value, System.Globalization.CultureInfo.InvariantCulture)))
            {
                if (!seen.TryAdd(id, file.Path))
                    yield return $"Event id {id} is used by {seen[id]} and {file.Path}.";
                var thousands = file.Path.Split('/')[0] switch { "Collector" => 1, "Aggregator" => 2, "Sinks" => 3, "Query" => 4, "Shared" => 5, _ => 6 };
                if (id / 1000 != thousands)
                    yield return $"{file.Path}: event id {id} is not in the range of its process ({thousands}000).";
            }
        }
    }

    /// <summary>Options without a validator, and settings without documentation.</summary>
    public static IEnumerable<string> BadOptions(IReadOnlyCollection<SourceFile> files)
    {
        foreach (var file in files)
        {
            foreach (var name in TypeDeclaration().Matches(file.Text).Select(m => m.Groups["name"].Value).Where(n => n.EndsWith("Options", StringComparison.Ordinal) && n != "RuleOptions"))
                if (!files.Any(f => f.Text.Contains($"IValidateOptions<{name}>", StringComparison.Ordinal)))
                    yield return $"{file.Path}: {name} has no validator.";
            if (file.Path.EndsWith("Options.cs", StringComparison.Ordinal))
                foreach (Match property in UndocumentedProperty().Matches(file.Text))
                    yield return $"{file.Path}: {property.Groups["name"].Value} has no documentation.";
        }
    }

    /// <summary>Paths and words of a workplace.</summary>
    public static IEnumerable<string> WorkplaceWords(SourceFile file) =>
        new[] { "/work" + "/", "../" + "shared", "farm-" + "studio" }.Where(w => file.Text.Contains(w, StringComparison.Ordinal)).Select(w => $"{file.Path} holds '{w}'.");

    private static bool Using(SourceFile file, string prefix) => file.Text.Contains($"using {prefix}", StringComparison.Ordinal);

    [GeneratedRegex(@"^\s*(?:(?:public|internal|private|protected|sealed|static|abstract|partial|readonly|ref|file)\s+)*(?:class|record\s+struct|record|struct|interface|enum)\s+(?<name>[A-Z]\w*)", RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"(?:using |\b)Pipeline\.Shared\.(?<name>[A-Z]\w+)")]
    private static partial Regex OwnNamespace();

    [GeneratedRegex(@"^(Collector/Sample|Aggregator/Assemble|Aggregator/Decide|Aggregator/Emit/ServiceEdges)/")]
    private static partial Regex PureFolder();

    [GeneratedRegex(@"\[LoggerMessage\((?:EventId\s*=\s*)?(?<id>\d+)")]
    private static partial Regex EventId();

    [GeneratedRegex(@"(?<!</summary>|/>)\s*\r?\n\s*public (?!sealed|static|enum|class|const|required)[\w<>?,. ]+ (?<name>\w+) \{ get;")]
    private static partial Regex UndocumentedProperty();
}
