using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using FsCheck.Fluent;
using Pipeline.Shared.Encoding;
using Pipeline.TestKit;
using Xunit;

namespace Pipeline.Shared.Tests.Encoding;

/// <summary>npm's avsc, which knows nothing of us, reads our container files, writes the records again, and we read those.</summary>
public sealed class AvscInteropTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pipeline-avro-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(AvroCodec.Null, "null")]
    [InlineData(AvroCodec.Deflate, "deflate")]
    [InlineData(AvroCodec.Snappy, "snappy")]
    public async Task Span_batches_survive_a_copy_by_avsc(AvroCodec codec, string name)
    {
        var batches = ArbitrarySpans.Spans().Generator.Sample(40, 20).Append([.. GoldenRecords.Full]).ToList();
        var bodies = batches.Select(b => Records.Encode("tenant", b)).ToList();

        var (copies, summary) = await CopyAsync(RecordSchema.SpanBatch, bodies, codec, name);

        Assert.Equal(batches.SelectMany(b => b.Select(s => s.Name)), summary.GetProperty("spanNames").EnumerateArray().Select(n => n.GetString()));
        Assert.Equal(batches, copies.Select(c => SpanBatchRecord.ReadSpans(c).ToArray()));
    }

    [Fact]
    public async Task Kept_traces_survive_a_copy_by_avsc()
    {
        var traces = ArbitraryRecords.Kept().Generator.Sample(40, 20).Append(GoldenRecords.Kept).Append(GoldenRecords.Late).ToList();

        var (copies, _) = await CopyAsync(RecordSchema.KeptTrace, [.. traces.Select(Records.Encode)], AvroCodec.Deflate, "snappy");

        for (var i = 0; i < traces.Count; i++)
            Records.AssertSame(traces[i], KeptTraceReader.Read(copies[i]));
    }

    [Fact]
    public async Task Other_records_survive_a_copy_by_avsc()
    {
        var steps = ArbitraryRecords.Step().Generator.Sample(20, 20).ToList();
        var deltas = ArbitraryRecords.Deltas().Generator.Sample(20, 20).ToList();
        var totals = ArbitraryRecords.Totals().Generator.Sample(20, 20).ToList();

        var (stepCopies, _) = await CopyAsync(RecordSchema.StepRecord, [.. steps.Select(s => Records.Encode(s.Write))], AvroCodec.Snappy, "null");
        var (deltaCopies, _) = await CopyAsync(RecordSchema.EdgeDeltas, [.. deltas.Select(d => Records.Encode(d.Write))], AvroCodec.Snappy, "null");
        var (totalCopies, _) = await CopyAsync(RecordSchema.EdgeTotals, [.. totals.Select(t => Records.Encode(t.Write))], AvroCodec.Snappy, "null");

        Assert.Equal(steps.Select(s => AvroOracle.Dump(GenericRecords.Of(s))), stepCopies.Select(b => AvroOracle.Dump(GenericRecords.Of(StepRecord.Read(b)))));
        Assert.Equal(deltas.Select(d => AvroOracle.Dump(GenericRecords.Of(d))), deltaCopies.Select(b => AvroOracle.Dump(GenericRecords.Of(EdgeDeltas.Read(b)))));
        Assert.Equal(totals.Select(t => AvroOracle.Dump(GenericRecords.Of(t))), totalCopies.Select(b => AvroOracle.Dump(GenericRecords.Of(EdgeTotals.Read(b)))));
    }

    private async Task<(List<byte[]> Copies, JsonElement Summary)> CopyAsync(RecordSchema schema, List<byte[]> bodies, AvroCodec codec, string copyCodec)
    {
        var (input, output) = (Path.Combine(_folder.FullName, schema.Name + ".avro"), Path.Combine(_folder.FullName, schema.Name + "-copy.avro"));
        await File.WriteAllBytesAsync(input, await AvroContainerTests.WriteAsync(schema, bodies, codec, 3000), Cancellation);

        var summary = await RunAsync("rewrite.js", input, output, copyCodec);

        Assert.Equal("pipeline.tracing.v1." + schema.Name, summary.GetProperty("schema").GetString());
        Assert.Equal(bodies.Count, summary.GetProperty("records").GetInt32());
        return (await AvroContainerTests.ReadAsync(await File.ReadAllBytesAsync(output, Cancellation)), summary);
    }

    private static async Task<JsonElement> RunAsync(string script, params string[] arguments)
    {
        var folder = InteropFolder();
        Assert.SkipUnless(Directory.Exists(Path.Combine(folder, "node_modules", "avsc")), "npm's avsc is not installed: run `npm ci` in tests/interop (`make test` does it).");
        var start = new ProcessStartInfo("node", [Path.Combine(folder, script), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        using var process = Start(start);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(deadline.Token), process.StandardError.ReadToEndAsync(deadline.Token));
            await process.WaitForExitAsync(deadline.Token);
            Assert.True(process.ExitCode == 0, await error);
            return JsonDocument.Parse(await output).RootElement;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Skip("node is not installed: install Node.js 18 or newer, then run `npm ci` in tests/interop.");
            throw;
        }
    }

    private static string InteropFolder([CallerFilePath] string test = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(test)!, "..", "..", "interop"));
}
