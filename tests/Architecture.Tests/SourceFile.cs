namespace Pipeline.Architecture.Tests;

/// <summary>A text file of the source tree, its path relative to the root.</summary>
internal sealed record SourceFile(string Path, string Text)
{
    public bool IsTest => Path.StartsWith("tests/", StringComparison.Ordinal) || Path.StartsWith("bench/", StringComparison.Ordinal);
}
