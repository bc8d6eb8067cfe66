using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using Xunit;

namespace Pipeline.Integration.Tests.Elasticsearch;

/// <summary>A real Jaeger query over an Elasticsearch, started by the script of the test services.</summary>
internal sealed class JaegerProcess : IAsyncDisposable
{
    private const int Port = 16686;
    private readonly string _script;
    private readonly string _state = Directory.CreateTempSubdirectory("pipeline-jaeger-").FullName;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{Port}") };

    private JaegerProcess(string script) => _script = script;

    /// <summary>Starts it on the indices of a prefix, or skips the test where it cannot be had.</summary>
    public static async Task<JaegerProcess> StartAsync(Uri elasticsearch, string prefix)
    {
        var services = Environment.GetEnvironmentVariable("PIPELINE_SERVICES");
        var script = Path.Combine(services ?? "", "jaeger.sh");
        if (string.IsNullOrEmpty(services) || !File.Exists(script))
            Assert.Skip("No Jaeger: set PIPELINE_SERVICES to the folder that holds jaeger.sh.");
        if (await IsTakenAsync())
            Assert.Skip($"Port {Port} is taken: another Jaeger runs. Stop it ('$PIPELINE_SERVICES/jaeger.sh stop') to run this test.");
        var jaeger = new JaegerProcess(script);
        var environment = new Dictionary<string, string> { ["JAEGER_ES_URL"] = elasticsearch.ToString().TrimEnd('/'), ["JAEGER_INDEX_PREFIX"] = prefix };
        var (code, output) = await jaeger.RunAsync("start es", environment);
        if (code == 0)
            return jaeger;
        await jaeger.DisposeAsync();
        if (output.Contains("is taken", StringComparison.Ordinal))
            Assert.Skip($"Another Jaeger runs: {output.Trim()}. Stop it ('$PIPELINE_SERVICES/jaeger.sh stop') to run this test.");
        throw new InvalidOperationException($"jaeger.sh start es failed: {output}");
    }

    /// <summary>What the query API answers: the member <c>data</c>.</summary>
    public async Task<JsonElement> GetAsync(string path)
    {
        var text = await _http.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        using var json = JsonDocument.Parse(text);
        return json.RootElement.GetProperty("data").Clone();
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("stop", []);
        _http.Dispose();
        Directory.Delete(_state, recursive: true);
    }

    private static async Task<bool> IsTakenAsync()
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // The script leaves Jaeger running behind, which would hold on to our pipes: its output goes to a file.
    private async Task<(int Code, string Output)> RunAsync(string verb, Dictionary<string, string> environment)
    {
        var log = Path.Combine(_state, "script.log");
        var start = new ProcessStartInfo("/bin/bash", ["-c", $"exec '{_script}' {verb} >'{log}' 2>&1 </dev/null"]);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        start.Environment["SERVICES_STATE"] = _state;
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        return (process.ExitCode, await File.ReadAllTextAsync(log));
    }
}
