namespace Pipeline.Shared.Storage;

/// <summary>How often one service called another.</summary>
/// <param name="Parent">The caller.</param>
/// <param name="Child">The called.</param>
/// <param name="CallCount">Number of calls, adjusted for head sampling.</param>
public sealed record Dependency(string Parent, string Child, long CallCount);
