using System.Globalization;
using System.Text.RegularExpressions;

namespace Pipeline.Architecture.Tests;

/// <summary>What the source text must look like: functions from files to what is wrong with them, so that each can be tried on a bad sample.</summary>
internal static partial class SourceRules
{
    private const int MaxFileLines = 400;
    private static readonly string[] EmptySuffixes = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Processor", "Data", "Info", "Base", "Impl"];

    /// <summary>Type names that say nothing about what the type does. Service is for gRPC services (tests: for the real services they run against).</summary>
    public static IEnumerable<string> BadNames(SourceFile file)
    {
        foreach (var name in TypeDeclaration().Matches(file.Text).Select(m => m.Groups["name"].Value))
        {
            if (EmptySuffixes.Any(s => name.EndsWith(s, StringComparison.Ordinal)))
                yield return $"{file.Path}: {name} has a suffix that says nothing.";
            if (name.EndsWith("Service", StringComparison.Ordinal) && !name.EndsWith("GrpcService", StringComparison.Ordinal) && !file.IsTest)
                yield return $"{file.Path}: {name} is called a service; that word is for gRPC services (…GrpcService).";
        }
    }

    /// <summary>Files that hold more than one top-level type, or too much.</summary>
    public static IEnumerable<string> BadFiles(SourceFile file)
    {
        var types = TypeDeclaration().Matches(file.Text).Where(m => m.Value[0] is not (' ' or '\t')).Select(m => m.Groups["name"].Value).ToList();
        if (types.Count > 1)
            yield return $"{file.Path} holds {types.Count} top-level types: {string.Join(", ", types)}.";
        if (file.Text.AsSpan().Count('\n') > MaxFileLines)
            yield return $"{file.Path} has more than {MaxFileLines} lines.";
        if (Region().IsMatch(file.Text))
            yield return $"{file.Path} has a region.";
    }

    /// <summary>Confluent's name outside its folder; constants and names in text leave no trace in the compiled types.</summary>
    public static IEnumerable<string> ConfluentOutsideItsFolder(SourceFile file)
    {
        if (ConfluentType().IsMatch(file.Text) && !file.Path.StartsWith("Shared/Messaging/Kafka/", StringComparison.Ordinal))
            yield return $"{file.Path} names Confluent's types, which belong to Shared/Messaging/Kafka.";
    }

    /// <summary>JSON and SQL of a store outside the store's folder.</summary>
    public static IEnumerable<string> StoreLanguageOutsideItsFolder(SourceFile file)
    {
        // The demo's spans tell of queries, as those of real services do.
        if (Sql().IsMatch(file.Text) && !file.Path.StartsWith("Shared/Storage/Sqlite/", StringComparison.Ordinal) && !file.Path.StartsWith("AllInOne/Demo/", StringComparison.Ordinal))
            yield return $"{file.Path} holds SQL, which belongs to the store's folder.";
        if (ElasticsearchRequest().IsMatch(file.Text) && !file.Path.StartsWith("Shared/Storage/Elasticsearch/", StringComparison.Ordinal))
            yield return $"{file.Path} holds an Elasticsearch request, which belongs to the store's folder.";
    }

    /// <summary>Event ids that come twice or lie outside their process's range.</summary>
    public static IEnumerable<string> BadEventIds(IEnumerable<SourceFile> files)
    {
        var seen = new Dictionary<int, string>();
        foreach (var file in files)
        {
            foreach (Match message in LoggerMessage().Matches(file.Text))
            {
                if (!int.TryParse(message.Groups["id"].Value, CultureInfo.InvariantCulture, out var id))
                {
                    yield return $"{file.Path}: [LoggerMessage without a fixed event id.";
                    continue;
                }

                if (!seen.TryAdd(id, file.Path))
                    yield return $"Event id {id} is used by {seen[id]} and {file.Path}.";
                var thousands = file.Path.Split('/')[0] switch { "Collector" => 1, "Aggregator" => 2, "Sinks" => 3, "Query" => 4, "Shared" => 5, _ => 6 };
                if (id / 1000 != thousands)
                    yield return $"{file.Path}: event id {id} is not in the range of its process ({thousands}000 to {thousands}999).";
                if (!EventsFile().IsMatch(file.Path) && thousands is >= 1 and <= 4)
                    yield return $"{file.Path}: event {id} is not in the process's …Events class.";
            }
        }
    }

    /// <summary>Options that nothing validates, and settings that nothing explains. Options that are only part of others (their type is a setting of them) are validated with those.</summary>
    public static IEnumerable<string> BadOptions(IReadOnlyCollection<SourceFile> files)
    {
        foreach (var file in files)
        {
            foreach (var name in TypeDeclaration().Matches(file.Text).Select(m => m.Groups["name"].Value).Where(n => n.EndsWith("Options", StringComparison.Ordinal)))
                if (!files.Any(f => f.Text.Contains($"IValidateOptions<{name}>", StringComparison.Ordinal)) && !files.Any(f => IsPartOfOptions(f, name)))
                    yield return $"{file.Path}: {name} has no validator.";
            if (file.Path.EndsWith("Options.cs", StringComparison.Ordinal))
                foreach (var name in UndocumentedSettings(file))
                    yield return $"{file.Path}: {name} has no documentation.";
        }
    }

    /// <summary>Paths of the machine that something was written on.</summary>
    public static IEnumerable<string> WorkplacePaths(SourceFile file)
    {
        // CI and make look for test services in one place beside the repository.
        var words = file.Path is "Makefile" or ".ci/run" ? new[] { "/work" + "/", "/root" + "/" } : ["/work" + "/", "/root" + "/", "../" + "shared/"];
        return words.Where(w => file.Text.Contains(w, StringComparison.Ordinal)).Select(w => $"{file.Path} holds '{w}'.");
    }

    private static bool IsPartOfOptions(SourceFile file, string name) =>
        file.Path.EndsWith("Options.cs", StringComparison.Ordinal) && Regex.IsMatch(file.Text, $@"public [\w<]*\b{name}[>?]* \w+ {{ get;");

    private static IEnumerable<string> UndocumentedSettings(SourceFile file)
    {
        var lines = file.Text.Split('\n');
        for (var i = 1; i < lines.Length; i++)
        {
            var property = PublicProperty().Match(lines[i]);
            var before = lines[i - 1].TrimStart();
            if (property.Success && !before.StartsWith("///", StringComparison.Ordinal) && !before.StartsWith('['))
                yield return property.Groups["name"].Value;
        }
    }

    [GeneratedRegex(@"^[ \t]*(?:(?:public|internal|private|protected|sealed|static|abstract|partial|readonly|ref|file|unsafe)[ \t]+)*(?:class|record[ \t]+struct|record[ \t]+class|record|struct|interface|enum)[ \t]+(?<name>[A-Z]\w*)", RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"\bConfluent\.(?:Kafka|SchemaRegistry)\.?\w*")]
    private static partial Regex ConfluentType();

    [GeneratedRegex(@"""\s*(?:SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA|BEGIN)\s[^""]*(?:\bFROM\b|\bINTO\b|\bSET\b|\bTABLE\b|\bINDEX\b|journal_mode|IMMEDIATE)")]
    private static partial Regex Sql();

    [GeneratedRegex(@"[""/](?:_bulk|_search|_msearch|_index_template|_component_template|_aliases)\b")]
    private static partial Regex ElasticsearchRequest();

    [GeneratedRegex(@"\[LoggerMessage\((?:EventId\s*=\s*)?(?<id>\w+)")]
    private static partial Regex LoggerMessage();

    [GeneratedRegex(@"Events(?:\.\w+)?\.cs$")]
    private static partial Regex EventsFile();

    [GeneratedRegex(@"^\s*public (?:required )?[\w<>?,. \[\]]+ (?<name>\w+) \{ get;")]
    private static partial Regex PublicProperty();

    [GeneratedRegex(@"^\s*#region", RegexOptions.Multiline)]
    private static partial Regex Region();
}
