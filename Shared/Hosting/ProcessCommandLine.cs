using System.CommandLine;

namespace Pipeline.Shared.Hosting;

/// <summary>The command line that all processes share.</summary>
internal sealed class ProcessCommandLine(PipelineProcess process)
{
    private readonly Option<string?> _config = new("--config") { Description = "The configuration file (JSON).", HelpName = "FILE", Recursive = true };
    private readonly Option<bool> _validate = new("--validate") { Description = "Check the configuration and exit." };

    private readonly Option<string[]> _set = new("--set")
    {
        Description = "Set one setting: Path:To:Setting=value. May be repeated.",
        HelpName = "SETTING=VALUE",
        Recursive = true,
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly List<(CommandLineSwitch Switch, Option Option)> _switches = [.. process.Switches.Select(s => (s, ToOption(s)))];

    public Task<int> InvokeAsync(string[] args, Func<ProcessCommand, CancellationToken, Task<int>> execute)
    {
        var root = new RootCommand(process.Description) { _config, _validate, _set };
        foreach (var (_, option) in _switches)
            root.Add(option);
        root.SetAction((parsed, cancellation) => execute(Read(parsed, parsed.GetValue(_validate) ? ProcessAction.Validate : ProcessAction.Run), cancellation));
        var topics = new Command("topics", "Create the pipeline's topics where they do not exist, and exit.");
        topics.SetAction((parsed, cancellation) => execute(Read(parsed, ProcessAction.CreateTopics), cancellation));
        root.Add(topics);
        var result = root.Parse(args);
        // Signals are the host's: the library would end the process two seconds after one, in the middle of a drain.
        return result.Errors.Count > 0 ? RefuseAsync(result) : result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    private static async Task<int> RefuseAsync(ParseResult result)
    {
        foreach (var error in result.Errors)
            await Console.Error.WriteLineAsync(error.Message);
        return 2;
    }

    private static Option ToOption(CommandLineSwitch line) => line.IsFlag
        ? new Option<bool>(line.Name) { Description = line.Description }
        : new Option<string?>(line.Name) { Description = line.Description };

    private ProcessCommand Read(ParseResult parsed, ProcessAction action)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (line, option) in _switches)
        {
            if (line.IsFlag && parsed.GetValue((Option<bool>)option))
                settings[line.Setting] = "true";
            else if (!line.IsFlag && parsed.GetValue((Option<string?>)option) is { } value)
                settings[line.Setting] = value;
        }

        foreach (var pair in parsed.GetValue(_set) ?? [])
        {
            var split = pair.IndexOf('=', StringComparison.Ordinal);
            if (split <= 0)
                throw new ConfigurationException([$"--set: '{pair}' is not of the form Path:To:Setting=value."]);
            settings[pair[..split]] = pair[(split + 1)..];
        }

        return new ProcessCommand(action, parsed.GetValue(_config), Path.Combine(AppContext.BaseDirectory, process.Name + ".json"), settings);
    }
}
