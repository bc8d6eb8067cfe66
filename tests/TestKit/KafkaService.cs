using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Pipeline.TestKit;

/// <summary>A Kafka of a test's own, started by the script in <c>PIPELINE_SERVICES</c> with fresh data on free ports, and stopped at the end.</summary>
public sealed class KafkaService : IAsyncDisposable
{
    private const int BasePort = 9092;

    private readonly string _script;
    private readonly string _state;
    private readonly int _offset;

    private KafkaService(string script, string state, int offset) => (_script, _state, _offset) = (script, state, offset);

    /// <summary>Where to begin: host:port, separated by commas.</summary>
    public string BootstrapServers { get; private set; } = "";

    /// <summary>Starts one or three brokers; skips the test where there is no script to do it.</summary>
    public static async Task<KafkaService> StartAsync(int brokers, CancellationToken cancellation)
    {
        var folder = Environment.GetEnvironmentVariable("PIPELINE_SERVICES");
        if (string.IsNullOrEmpty(folder) || !File.Exists(Path.Combine(folder, "kafka.sh")))
            Assert.Skip("Needs real Kafka: set PIPELINE_SERVICES to a folder with kafka.sh (`kafka.sh start 1` must start a broker).");
        var state = Directory.CreateTempSubdirectory("pipeline-kafka-").FullName;
        var service = new KafkaService(Path.Combine(folder, "kafka.sh"), state, FreeOffset());
        var output = await service.RunAsync(["start", brokers.ToString(CultureInfo.InvariantCulture)], cancellation);
        service.BootstrapServers = output.Trim().Split('\n')[^1].Trim();
        return service;
    }

    /// <summary>Runs a command of the script, such as <c>kill 2</c> or <c>restart 2</c>.</summary>
    public async Task<string> RunAsync(string[] args, CancellationToken cancellation)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo("bash", [_script, .. args])
            {
                RedirectStandardOutput = true,
                Environment = { ["SERVICES_STATE"] = _state, ["PORT_OFFSET"] = _offset.ToString(CultureInfo.InvariantCulture) },
            },
        };
        process.Start();
        var output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"kafka.sh {string.Join(' ', args)} ended with {process.ExitCode}: {output}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await RunAsync(["stop"], CancellationToken.None);
        Directory.Delete(_state, recursive: true);
    }

    // The script's ports are fixed but for one offset; one whose first port is free is taken, from a range that little else uses.
    private static int FreeOffset()
    {
        for (var offset = 30_000 + Environment.ProcessId % 100 * 100; ; offset = offset >= 50_000 ? 30_000 : offset + 100)
        {
            try
            {
                foreach (var port in new[] { BasePort, BasePort + 1, BasePort + 2, BasePort + 100, BasePort + 101, BasePort + 102 })
                {
                    using var listener = new TcpListener(IPAddress.Loopback, port + offset);
                    listener.Start();
                }

                return offset;
            }
            catch (SocketException)
            {
                // Taken; the next one.
            }
        }
    }
}
