using System.Runtime.CompilerServices;
using Pipeline.Architecture.Tests.Compiled;

namespace Pipeline.Architecture.Tests;

/// <summary>The source tree that the tests were built from, and what was built from it.</summary>
internal static class Repository
{
    private static readonly string[] Products = ["Shared", "Collector", "Aggregator", "Sinks", "Query", "AllInOne"];
    private static readonly string[] TextExtensions = [".cs", ".csproj", ".json", ".avsc", ".sql", ".md", ".yaml", ".yml", ".tpl", ".txt", ".js", ".css", ".html", ".sh", ".proto", ".props"];
    private static readonly string[] NotOurs = ["artifacts", "bin", "obj", "node_modules", ".git", "TestResults"];

    public static string Root { get; } = FindRoot();

    /// <summary>Every text file but what is built or fetched.</summary>
    public static IReadOnlyList<SourceFile> Texts { get; } = [.. Files(Root).Where(IsText).Select(f => new SourceFile(Path.GetRelativePath(Root, f).Replace('\\', '/'), File.ReadAllText(f)))];

    public static IReadOnlyList<SourceFile> Sources { get; } = [.. Texts.Where(f => f.Path.EndsWith(".cs", StringComparison.Ordinal))];

    public static IReadOnlyList<SourceFile> ProductSources { get; } = [.. Sources.Where(f => Products.Contains(f.Path.Split('/')[0]))];

    public static IReadOnlyList<SourceFile> Projects { get; } = [.. Texts.Where(f => f.Path.EndsWith(".csproj", StringComparison.Ordinal))];

    /// <summary>The product as it was built beside these tests.</summary>
    public static IReadOnlyList<CompiledAssembly> Assemblies { get; } = [.. Products.Select(p => CompiledAssembly.Read(OutputOf(p)))];

    private static string OutputOf(string project)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        return Path.Combine(Root, "artifacts", "bin", project, configuration, $"Pipeline.{project}.dll");
    }

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder).Concat(Directory.EnumerateDirectories(folder).Where(d => !NotOurs.Contains(Path.GetFileName(d))).SelectMany(Files));

    private static bool IsText(string file) => TextExtensions.Contains(Path.GetExtension(file)) || Path.GetFileName(file) is "Makefile" or "Dockerfile" or "run" or "pre-commit";

    private static string FindRoot([CallerFilePath] string here = "")
    {
        var folder = Path.GetDirectoryName(here);
        while (folder is not null && !File.Exists(Path.Combine(folder, "Pipeline.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException($"There is no Pipeline.sln above {here}.");
    }
}
