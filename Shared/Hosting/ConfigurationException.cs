namespace Pipeline.Shared.Hosting;

/// <summary>The configuration is wrong; every error is named, each with the path of its setting.</summary>
public sealed class ConfigurationException(IEnumerable<string> errors) : Exception("The configuration is not valid.")
{
    /// <summary>One sentence an error.</summary>
    public IReadOnlyList<string> Errors { get; } = [.. errors];
}
