using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Pipeline.Pipeline.Tests;

/// <summary>The whole pipeline against a load generator that knows what must come out.</summary>
public sealed class LoadgenTests
{
    private const string Waves = "5";

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    [InlineData("http/json")]
    public async Task Every_span_comes_out_exactly_once_and_every_edge_is_counted(string protocol)
    {
        var loadgen = Find();
        using var folder = new TemporaryFolder();
        await using var pipeline = await new OneProcess(folder, new() { ["Aggregator:DecisionWaitAfterRoot"] = "00:00:01", ["Aggregator:DecisionWait"] = "00:00:03" }).StartAsync();
        var port = protocol == "grpc" ? pipeline.GrpcPort : pipeline.HttpPort;
        var sent = await RunAsync(loadgen, "send", "-waves", Waves, "-seed", "7", "-duplicate", "0.1", "-protocol", protocol, "-endpoint", $"127.0.0.1:{port}");
        var anchor = JsonDocument.Parse(sent).RootElement.GetProperty("anchor").GetInt64().ToString(System.Globalization.CultureInfo.InvariantCulture);
        await RunAsync(loadgen, "verify", "-waves", Waves, "-seed", "7", "-anchor", anchor, "-from", $"jaeger:http://127.0.0.1:{pipeline.QueryPort}", "-wait", "30s", "-settle", "1s");
        // Totals become visible a step later than the spans.
        await EventuallyPassesAsync(loadgen, "verify-edges", "-waves", Waves, "-seed", "7", "-from", $"http://127.0.0.1:{pipeline.AdminPort}/metrics");
    }

    private static string Find()
    {
        var services = Environment.GetEnvironmentVariable("PIPELINE_SERVICES");
        var loadgen = string.IsNullOrEmpty(services) ? "" : Path.GetFullPath(Path.Combine(services, "bin", "loadgen"));
        if (!File.Exists(loadgen))
            Assert.Skip("needs the load generator: set PIPELINE_SERVICES to the folder of test services that holds bin/loadgen");
        return loadgen;
    }

    private static async Task EventuallyPassesAsync(string program, params string[] arguments)
    {
        var deadline = Environment.TickCount64 + 20_000;
        while (true)
        {
            var (exit, output) = await ExecuteAsync(program, arguments);
            if (exit == 0)
                return;
            Assert.True(Environment.TickCount64 < deadline, output);
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var (exit, output) = await ExecuteAsync(program, arguments);
        Assert.True(exit == 0, $"{Path.GetFileName(program)} {string.Join(' ', arguments)} ended with {exit}:\n{output}");
        return output;
    }

    private static async Task<(int Exit, string Output)> ExecuteAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, process.ExitCode == 0 ? output : output + await error);
    }
}
