namespace Pipeline.Shared.Hosting;

/// <summary>A section of the configuration and the options that it is bound to.</summary>
internal sealed record SettingsSection(string Path, Type Type);
