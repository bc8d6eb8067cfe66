namespace Pipeline.Shared.Hosting;

/// <summary>An option of the command line that stands for one setting.</summary>
/// <param name="Name">With its dashes: <c>--data</c>.</param>
/// <param name="Description">One line for <c>--help</c>.</param>
/// <param name="Setting">The path of the setting that it sets: <c>Storage:Sqlite:Path</c>.</param>
/// <param name="IsFlag">True for an option without a value; the setting becomes <c>true</c>.</param>
public sealed record CommandLineSwitch(string Name, string Description, string Setting, bool IsFlag = false);
