using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Pipeline.AllInOne.Demo;
using Pipeline.Shared.Storage.Sqlite;
using Pipeline.TestKit;
using Xunit;

namespace Pipeline.Pipeline.Tests;

/// <summary>The pipeline as a process of its own, and the signal that ends it.</summary>
public sealed class SignalTests
{
    [Fact]
    public async Task A_stop_that_takes_a_while_still_stores_everything_and_ends_with_0()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("there is no SIGTERM on Windows");
        using var folder = new TemporaryFolder();
        var ports = OneProcess.FreePorts(4);
        var settings = OneProcess.Settings(folder, ports);
        // Only the stop can decide the trace.
        (settings["Aggregator:DecisionWait"], settings["Aggregator:DecisionWaitAfterRoot"]) = ("00:10:00", "00:10:00");
        using var process = Start(settings);
        await ReadUntilAsync(process, "listening");
        using (var http = new HttpClient(new SocketsHttpHandler(), disposeHandler: true))
        using (var body = new ByteArrayContent(OtlpExportRequest.Encode([A.Span(trace: 1)])))
        {
            body.Headers.ContentType = new("application/x-protobuf");
            (await http.PostAsync(new Uri($"http://127.0.0.1:{ports[1]}/v1/traces"), body, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        }

        // A client that began a request and never ends it keeps the receiver from stopping at once.
        using var stalled = new TcpClient("127.0.0.1", ports[1]);
        await stalled.GetStream().WriteAsync("POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\nContent-Length: 100\r\n\r\n12345"u8.ToArray(), TestContext.Current.CancellationToken);
        var watch = Stopwatch.StartNew();
        using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        Assert.True(watch.Elapsed > TimeSpan.FromSeconds(2), $"The stop took {watch.Elapsed}: nothing held it up, so nothing was tried.");
        var reader = new SqliteTraceReader(Options.Create(new SqliteOptions { Path = Path.Combine(folder.Path, "traces.db") }));
        Assert.NotNull(await reader.GetTraceAsync(A.TraceId(1), null, null, CancellationToken.None));
    }

    private static Process Start(Dictionary<string, string?> settings)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Pipeline.AllInOne.dll");
        var arguments = settings.SelectMany(s => new[] { "--set", $"{s.Key}={s.Value}" });
        return Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true })!;
    }

    private static async Task ReadUntilAsync(Process process, string text)
    {
        var seen = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60)) is { } line)
        {
            seen.Add(line);
            if (line.Contains(text, StringComparison.Ordinal))
            {
                // What comes later must not fill the pipe.
                _ = process.StandardOutput.ReadToEndAsync();
                return;
            }
        }

        Assert.Fail($"The process ended before it said '{text}':\n{string.Join('\n', seen)}");
    }
}
