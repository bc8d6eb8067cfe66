namespace Pipeline.Architecture.Tests.Compiled;

/// <summary>A type that an assembly defines: its full name (nested types with '+'), and whether anything may derive from it.</summary>
internal sealed record CompiledType(string Name, string? BaseType, bool IsOpenClass);
