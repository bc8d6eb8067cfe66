using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Pipeline.Collector.Tests.Protos;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Messaging;
using Pipeline.TestKit;
using Xunit;

namespace Pipeline.Collector.Tests.Receive.Otlp;

public sealed class OtlpGrpcTests
{
    [Theory]
    [InlineData("identity")]
    [InlineData("gzip")]
    public async Task Spans_come_through_and_are_answered_after_the_log_has_them(string encoding)
    {
        using var log = await MemoryLogs.CreateAsync();
        await using var collector = await CollectorProcess.StartAsync(log);
        using var channel = Channel(collector);
        var request = new RandomOtlp(21).Request();
        var response = await new TraceService.TraceServiceClient(channel).ExportAsync(request, new Metadata { { "grpc-internal-encoding-request", encoding } },
            cancellationToken: TestContext.Current.CancellationToken);
        Assert.Null(response.PartialSuccess);
        Assert.Equal(ReferenceDecoder.Decode(request).Count, Stored(log).Count);
    }

    [Fact]
    public async Task Invalid_spans_make_a_partial_success()
    {
        using var log = await MemoryLogs.CreateAsync();
        await using var collector = await CollectorProcess.StartAsync(log);
        using var channel = Channel(collector);
        var request = OtlpTranscoderTests.BigRequest(4);
        request.ResourceSpans[0].ScopeSpans[0].Spans[1].TraceId = ByteString.Empty;
        var response = await new TraceService.TraceServiceClient(channel).ExportAsync(request, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(1, response.PartialSuccess.RejectedSpans);
        Assert.Contains("trace_id must be 16 bytes", response.PartialSuccess.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(3, Stored(log).Count);
    }

    [Fact]
    public async Task A_message_that_cannot_be_decoded_is_an_invalid_argument()
    {
        using var log = await MemoryLogs.CreateAsync();
        await using var collector = await CollectorProcess.StartAsync(log);
        using var channel = Channel(collector);
        var error = await Assert.ThrowsAsync<RpcException>(() => CallRawAsync(channel, "opentelemetry.proto.collector.trace.v1.TraceService", [0x0A, 0x7F, 1]));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains("field 1 declares 127 bytes", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_inflates_beyond_the_limit_is_refused_for_good()
    {
        using var log = await MemoryLogs.CreateAsync();
        await using var collector = await CollectorProcess.StartAsync(log, ("Collector:MaxDecompressedBytes", "100000"));
        using var channel = Channel(collector);
        var request = OtlpTranscoderTests.BigRequest(1);
        request.ResourceSpans[0].ScopeSpans[0].Spans[0].Name = new string('x', 200_000);
        var error = await Assert.ThrowsAsync<RpcException>(() => new TraceService.TraceServiceClient(channel)
            .ExportAsync(request, new Metadata { { "grpc-internal-encoding-request", "gzip" } }, cancellationToken: TestContext.Current.CancellationToken).ResponseAsync);
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.DoesNotContain(error.Trailers, t => t.Key == "grpc-status-details-bin");
    }

    [Theory]
    [InlineData("opentelemetry.proto.collector.logs.v1.LogsService", "logs")]
    [InlineData("opentelemetry.proto.collector.metrics.v1.MetricsService", "metrics")]
    public async Task Other_signals_are_unimplemented_with_a_message(string service, string signal)
    {
        using var log = await MemoryLogs.CreateAsync();
        await using var collector = await CollectorProcess.StartAsync(log);
        using var channel = Channel(collector);
        var error = await Assert.ThrowsAsync<RpcException>(() => CallRawAsync(channel, service, []));
        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
        Assert.Contains(signal + " are not supported", error.Status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AppendFailure.Unavailable, StatusCode.Unavailable)]
    [InlineData(AppendFailure.QueueFull, StatusCode.ResourceExhausted)]
    public async Task A_log_that_does_not_take_the_spans_asks_for_a_retry(AppendFailure failure, StatusCode expected)
    {
        using var log = new RefusingLog(failure);
        await using var collector = await CollectorProcess.StartAsync(log);
        using var channel = Channel(collector);
        var error = await Assert.ThrowsAsync<RpcException>(() => new TraceService.TraceServiceClient(channel)
            .ExportAsync(OtlpTranscoderTests.BigRequest(2), cancellationToken: TestContext.Current.CancellationToken).ResponseAsync);
        Assert.Equal(expected, error.StatusCode);
        var details = error.Trailers.Single(t => t.Key == "grpc-status-details-bin").ValueBytes;
        Assert.True(details.AsSpan().IndexOf("google.rpc.RetryInfo"u8) > 0);
    }

    [Fact]
    public async Task Stopping_answers_what_is_in_flight()
    {
        using var log = await MemoryLogs.CreateAsync();
        await using var collector = await CollectorProcess.StartAsync(log, ("Collector:MinLinger", "00:00:00.900"), ("Collector:MaxLinger", "00:00:01"));
        using var channel = Channel(collector);
        var call = new TraceService.TraceServiceClient(channel).ExportAsync(OtlpTranscoderTests.BigRequest(3), cancellationToken: TestContext.Current.CancellationToken).ResponseAsync;
        var metrics = "";
        while (!metrics.Contains("pipeline_collector_spans_received_total{protocol=\"otlp_grpc\"} 3", StringComparison.Ordinal))
            metrics = await collector.MetricsAsync();
        await collector.StopAsync();
        await call;
        Assert.Equal(3, Stored(log).Count);
    }

    private static GrpcChannel Channel(CollectorProcess collector) => GrpcChannel.ForAddress($"http://127.0.0.1:{collector.GrpcPort}");

    private static async Task<byte[]> CallRawAsync(GrpcChannel channel, string service, byte[] message)
    {
        var raw = Marshallers.Create<byte[]>(b => b, b => b);
        return await channel.CreateCallInvoker().AsyncUnaryCall(new Method<byte[], byte[]>(MethodType.Unary, service, "Export", raw, raw), null, default, message);
    }

    private static IReadOnlyList<Shared.Model.Span> Stored(IRecordLog log) =>
        [.. log.ReadAll(Topics.Spans, 4).SelectMany(r => SpanBatchRecord.ReadSpans(new RecordFraming().Unframe(r.Value, RecordSchema.SpanBatch).Span))];
}
