namespace Pipeline.Shared.Hosting;

/// <summary>What is wrong with one setting.</summary>
internal sealed record SettingError(string Path, string Problem)
{
    public override string ToString() => $"{Path}: {Problem}";
}
