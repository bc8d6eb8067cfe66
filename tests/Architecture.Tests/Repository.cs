using System.Runtime.CompilerServices;

namespace Pipeline.Architecture.Tests;

/// <summary>The source tree that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static IEnumerable<SourceFile> ProductSources { get; } = ReadSources("Shared", "Collector", "Aggregator", "Sinks", "Query", "AllInOne");

    public static IEnumerable<SourceFile> AllSources { get; } = [.. ProductSources, .. ReadSources("tests", "bench")];

    private static List<SourceFile> ReadSources(params string[] folders) =>
    [
        .. folders.Select(f => Path.Combine(Root, f)).Where(Directory.Exists)
            .SelectMany(f => Directory.EnumerateFiles(f, "*.cs", SearchOption.AllDirectories))
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(f => new SourceFile(Path.GetRelativePath(Root, f).Replace('\\', '/'), File.ReadAllText(f))),
    ];

    private static string FindRoot([CallerFilePath] string here = "")
    {
        var folder = Path.GetDirectoryName(here);
        while (folder is not null && !File.Exists(Path.Combine(folder, "Pipeline.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException($"There is no Pipeline.sln above {here}.");
    }
}
