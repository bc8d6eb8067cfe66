using Microsoft.Extensions.Configuration;

namespace Pipeline.Shared.Hosting;

/// <summary>A parsed command line.</summary>
internal sealed record ProcessCommand(ProcessAction Action, string? ConfigFile, string DefaultConfigFile, IReadOnlyDictionary<string, string?> Settings)
{
    public const string EnvironmentPrefix = "PIPELINE_";

    /// <summary>Reads file, environment and command line. Throws <see cref="ConfigurationException"/> where the file is missing or not JSON.</summary>
    public IConfiguration ReadSettings()
    {
        var builder = new ConfigurationBuilder();
        if (ConfigFile is not null && !File.Exists(ConfigFile))
            throw new ConfigurationException([$"--config: there is no file {Path.GetFullPath(ConfigFile)}."]);
        builder.AddJsonFile(Path.GetFullPath(ConfigFile ?? DefaultConfigFile), optional: ConfigFile is null, reloadOnChange: false);
        builder.AddEnvironmentVariables(EnvironmentPrefix);
        builder.AddInMemoryCollection(Settings);
        try
        {
            return builder.Build();
        }
        catch (Exception exception) when (exception is InvalidDataException or FormatException)
        {
            throw new ConfigurationException([$"{ConfigFile ?? DefaultConfigFile}: {(exception.InnerException ?? exception).Message}"]);
        }
    }
}
