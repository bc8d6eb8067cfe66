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
        builder.AddInMemoryCollection(EnvironmentSettings());
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

    // Every setting has a section: PIPELINE_SERVICES, PIPELINE_TEST_KAFKA and their like are for tools, not settings.
    private static IEnumerable<KeyValuePair<string, string?>> EnvironmentSettings() => new ConfigurationBuilder().AddEnvironmentVariables(EnvironmentPrefix).Build()
        .AsEnumerable().Where(pair => pair.Value is not null && pair.Key.Contains(':', StringComparison.Ordinal));
}
