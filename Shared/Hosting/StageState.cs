namespace Pipeline.Shared.Hosting;

/// <summary>What a stage last said of itself.</summary>
/// <param name="Ready">It does its work.</param>
/// <param name="Failed">It never will again.</param>
/// <param name="Detail">What it waits for, or why it failed.</param>
public readonly record struct StageState(bool Ready, bool Failed, string Detail);
