namespace Pipeline.Architecture.Tests;

/// <summary>A file of the source tree, its path relative to the root.</summary>
internal sealed record SourceFile(string Path, string Text);
