using System.Diagnostics;
using Xunit;

namespace Pipeline.TestKit;

/// <summary>The load generator of <c>PIPELINE_SERVICES</c>, which knows what must come out of what it sends.</summary>
public static class LoadGenerator
{
    /// <summary>The program, or a skipped test that says where it is looked for.</summary>
    public static string Demand()
    {
        var folder = Environment.GetEnvironmentVariable("PIPELINE_SERVICES");
        var program = Path.Combine(folder ?? "", "bin", "loadgen");
        if (string.IsNullOrEmpty(folder) || !File.Exists(program))
            Assert.Skip("Needs the load generator: set PIPELINE_SERVICES to a folder with bin/loadgen.");
        return program;
    }

    /// <summary>Runs a command of it; returns exit code and output.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string[] args, CancellationToken cancellation)
    {
        using var process = new Process { StartInfo = new ProcessStartInfo(Demand(), args) { RedirectStandardOutput = true } };
        process.Start();
        var output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, output);
    }
}
