using System.Xml.Linq;

namespace Pipeline.Architecture.Tests;

/// <summary>Which project may reference which.</summary>
internal static class ReferenceRules
{
    private static readonly string[] Processes = ["Collector", "Aggregator", "Sinks", "Query"];

    // They run stages of several processes together, or measure them.
    private static readonly string[] TestsOfAll = ["Pipeline.Tests", "Integration.Tests", "Pipeline.Benchmarks", "LoadGenerator"];

    /// <summary>What a project references and may not, by its name and the names of the projects it references.</summary>
    public static IEnumerable<string> Wrong(string project, IEnumerable<string> references) =>
        references.Where(r => !IsAllowed(project, r)).Select(r => $"{project} may not reference {r}.");

    /// <summary>The projects that a project file references; one that it only has built before (ReferenceOutputAssembly="false") is none.</summary>
    public static IEnumerable<string> ReferencesOf(string projectXml) => XDocument.Parse(projectXml).Descendants("ProjectReference")
        .Where(r => !string.Equals((string?)r.Attribute("ReferenceOutputAssembly"), "false", StringComparison.OrdinalIgnoreCase))
        .Select(r => Path.GetFileNameWithoutExtension((string)r.Attribute("Include")!));

    private static bool IsAllowed(string project, string reference)
    {
        if (reference == "AllInOne")
            return project == "Pipeline.Tests";
        if (project == "AllInOne" || TestsOfAll.Contains(project))
            return reference is "Shared" || Processes.Contains(reference) || (reference == "TestKit" && project != "AllInOne");
        if (project.EndsWith(".Tests", StringComparison.Ordinal))
            return reference is "Shared" or "TestKit" || reference == project[..^".Tests".Length];
        return reference == "Shared" && project != "Shared";
    }
}
