using System.Diagnostics;

namespace Pipeline.TestKit;

/// <summary>One of the pipeline's programs, running as a process of its own.</summary>
public sealed class PipelineProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _output = [];

    private PipelineProgram(Process process) => _process = process;

    /// <summary>Everything it has said.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return string.Join('\n', _output);
        }
    }

    /// <summary>Starts the program of a project, which must be built beside this one.</summary>
    public static PipelineProgram Start(string project, params string[] args)
    {
        var binaries = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var program = Path.Combine(binaries.Parent!.Parent!.FullName, project, binaries.Name, $"Pipeline.{project}.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. args]) { RedirectStandardOutput = true, RedirectStandardError = true };
        // The environment of this run must not reach into it.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("PIPELINE_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        var running = new PipelineProgram(new Process { StartInfo = start });
        running._process.OutputDataReceived += (_, e) => running.Note(e.Data);
        running._process.ErrorDataReceived += (_, e) => running.Note(e.Data);
        running._process.Start();
        running._process.BeginOutputReadLine();
        running._process.BeginErrorReadLine();
        return running;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Waits for its end; returns the exit code.</summary>
    public async Task<int> WaitAsync(CancellationToken cancellation)
    {
        await _process.WaitForExitAsync(cancellation);
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    private void Note(string? line)
    {
        if (line is null)
            return;
        lock (_output)
            _output.Add(line);
    }
}
