using System.Globalization;

namespace Pipeline.AllInOne;

/// <summary>The settings of the one-process pipeline that hold where nothing else is said.</summary>
internal static class AllInOneDefaults
{
    // The dependency documents of each run are told apart by its second; see Sinks:DependencyEpoch.
    private const long MaxEpoch = 300_000_000;

    /// <summary>The settings for a run that begins now; with the demo shop, waits are short and the data is gone afterwards.</summary>
    public static Dictionary<string, string?> For(bool isDemo, DateTimeOffset now)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Topics:PartitionCount"] = "4",
            ["Aggregator:DecideOpenOnShutdown"] = "true",
            ["Sinks:DrainOnShutdown"] = "true",
            ["Sinks:BatchInterval"] = "00:00:00.200",
            ["Sinks:DependencyInterval"] = "00:00:05",
            ["Sinks:DependencyEpoch"] = (now.ToUnixTimeSeconds() % MaxEpoch).ToString(CultureInfo.InvariantCulture),
            ["Sqlite:Path"] = Path.Combine(isDemo ? DemoFolder : UserFolder, "traces.db"),
        };
        if (!isDemo)
            return settings;
        settings["Aggregator:DecisionWait"] = "00:00:03";
        settings["Aggregator:DecisionWaitAfterRoot"] = "00:00:00.500";
        settings["Sinks:DependencyInterval"] = "00:00:02";
        return settings;
    }

    /// <summary>Where the demo's data lies unless another place is named; deleted when the process stops.</summary>
    public static string DemoFolder { get; } = Path.Combine(Path.GetTempPath(), $"pipeline-demo-{Environment.ProcessId}");

    private static string UserFolder => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "pipeline");
}
