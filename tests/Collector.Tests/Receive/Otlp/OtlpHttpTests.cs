using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Pipeline.Collector.Tests.Protos;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Messaging;
using Pipeline.TestKit;
using Xunit;

namespace Pipeline.Collector.Tests.Receive.Otlp;

public sealed class OtlpHttpTests
{
    private const string Json = "application/json";
    private const string Protobuf = "application/x-protobuf";

    private static readonly string MinimalJson = """
        {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"s"}}]},"scopeSpans":[{"scope":{"name":"lib"},"spans":[
        {"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"eee19b7ec3c1b174","name":"n","kind":"SPAN_KIND_SERVER","startTimeUnixNano":"1544712660000000000","endTimeUnixNano":1544712661000000000,
        "attributes":[{"key":"i","value":{"intValue":"-5"}},{"key":"d","value":{"doubleValue":"NaN"}},{"key":"b","value":{"bytesValue":"AQI="}},{"key":"a","value":{"arrayValue":{"values":[{"boolValue":true},{}]}}}],
        "unknown":{"x":1},"status":{"code":2,"message":"m"}}]}]}]}
        """;

    [Fact]
    public async Task Protobuf_comes_through_whole_and_is_answered_after_the_log_has_it()
    {
        using var log = await MemoryLogs.CreateAsync();
        await using var collector = await CollectorProcess.StartAsync(log);
        var request = new RandomOtlp(11).Request();
        var response = await PostAsync(collector, request.ToByteArray(), Protobuf);
        Assert.Equal((HttpStatusCode.OK, 0), (response.StatusCode, (await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length));
        AssertStored(log, ReferenceDecoder.Decode(request));
    }

    [Fact]
    public async Task Gzip_comes_through()
    {
        using var log = await MemoryLogs.CreateAsync();
        await using var collector = await CollectorProcess.StartAsync(log);
        var request = new RandomOtlp(12).Request();
        var response = await PostAsync(collector, Gzip(request.ToByteArray()), Protobuf, "gzip");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        AssertStored(log, ReferenceDecoder.Decode(request));
    }

    [Fact]
    public async Task Json_comes_through_with_all_its_quirks()
    {
        using var log = await MemoryLogs.CreateAsync();
        await using var collector = await CollectorProcess.StartAsync(log);
        var response = await PostAsync(collector, System.Text.Encoding.UTF8.GetBytes(MinimalJson), Json + "; charset=utf-8");
        Assert.Equal((HttpStatusCode.OK, "{}"), (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        var span = Assert.Single(Stored(log));
        Assert.Equal("5b8efff798038103d269b633813fc60c", span.TraceId.ToString());
        Assert.Equal((Shared.Model.SpanKind.Server, 1544712660000000000UL, 1544712661000000000UL), (span.Kind, span.StartTimeUnixNano, span.EndTimeUnixNano));
        Assert.Equal((-5L, double.NaN), (span.Attributes["i"]!.Value.AsLong, span.Attributes["d"]!.Value.AsDouble));
        Assert.Equal([1, 2], span.Attributes["b"]!.Value.AsBytes);
        Assert.Equal(2, span.Attributes["a"]!.Value.AsArray.Count);
        Assert.Equal(("m", "s"), (span.Status.Message, span.Resource.ServiceName));
    }

    [Theory]
    [InlineData("{", "line 1")]
    [InlineData("[]", "$: an object is expected")]
    [InlineData("""{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"eee19b7ec3c1b174","startTimeUnixNano":"soon"}]}]}]}""",
        "$.resourceSpans[0].scopeSpans[0].spans[0].startTimeUnixNano: a whole number")]
    [InlineData("""{"resourceSpans":{}}""", "$.resourceSpans: an array is expected")]
    public async Task Json_that_cannot_be_decoded_is_refused_by_the_name_of_the_field(string body, string message)
    {
        using var log = await MemoryLogs.CreateAsync();
        await using var collector = await CollectorProcess.StartAsync(log);
        var response = await PostAsync(collector, System.Text.Encoding.UTF8.GetBytes(body), Json);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(Json, response.Content.Headers.ContentType!.MediaType);
        Assert.Contains(message, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Empty(Stored(log));
    }

    [Fact]
    public async Task Protobuf_that_cannot_be_decoded_is_refused_whole()
    {
        using var log = await MemoryLogs.CreateAsync();
        await using var collector = await CollectorProcess.StartAsync(log);
        var body = OtlpTranscoderTests.BigRequest(5).ToByteArray();
        var response = await PostAsync(collector, body[..^3], Protobuf);
        Assert.Equal((HttpStatusCode.BadRequest, Protobuf), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        Assert.Empty(Stored(log));
        Assert.Contains("pipeline_collector_requests_total{protocol=\"otlp_http_protobuf\",answer=\"malformed\"} 1", await collector.MetricsAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Protobuf)]
    [InlineData(Json)]
    public async Task Invalid_spans_make_a_partial_success(string type)
    {
        using var log = await MemoryLogs.CreateAsync();
        await using var collector = await CollectorProcess.StartAsync(log);
        var request = OtlpTranscoderTests.BigRequest(5);
        request.ResourceSpans[0].ScopeSpans[0].Spans[2].SpanId = ByteString.CopyFrom(new byte[8]);
        var json = """{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"0000000000000000"},{"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"eee19b7ec3c1b174"}]}]}]}""";
        var response = await PostAsync(collector, type == Json ? System.Text.Encoding.UTF8.GetBytes(json) : request.ToByteArray(), type);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var text = type == Json ? System.Text.Encoding.UTF8.GetString(bytes) : ExportTraceServiceResponse.Parser.ParseFrom(bytes).ToString();
        Assert.Contains("\"rejectedSpans\"", text, StringComparison.Ordinal);
        Assert.Contains("span_id must be 8 bytes, not all zero", text, StringComparison.Ordinal);
        Assert.Equal(type == Json ? 1 : 4, Stored(log).Count);
        Assert.Contains("pipeline_collector_spans_rejected_total{reason=\"invalid_span_id\"} 1", await collector.MetricsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_too_large_is_refused_by_the_name_of_the_limit()
    {
        using var log = await MemoryLogs.CreateAsync();
        await using var collector = await CollectorProcess.StartAsync(log, ("Collector:MaxRequestBytes", "20000"), ("Collector:MaxDecompressedBytes", "100000"));
        var large = await PostAsync(collector, new byte[20001], Protobuf);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        Assert.Contains("Collector:MaxRequestBytes", await large.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var bomb = await PostAsync(collector, Gzip(new byte[2_000_000]), Protobuf, "gzip");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, bomb.StatusCode);
        Assert.Contains("Collector:MaxDecompressedBytes", await bomb.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain", "", HttpStatusCode.UnsupportedMediaType)]
    [InlineData(Protobuf, "br", HttpStatusCode.UnsupportedMediaType)]
    [InlineData(Protobuf, "gzip", HttpStatusCode.BadRequest)]
    public async Task What_cannot_be_read_is_refused(string type, string encoding, HttpStatusCode expected)
    {
        using var log = await MemoryLogs.CreateAsync();
        await using var collector = await CollectorProcess.StartAsync(log);
        Assert.Equal(expected, (await PostAsync(collector, [1, 2, 3], type, encoding)).StatusCode);
    }

    [Fact]
    public async Task Other_methods_and_signals_are_refused_with_a_message()
    {
        using var log = await MemoryLogs.CreateAsync();
        await using var collector = await CollectorProcess.StartAsync(log);
        var get = await collector.Client.GetAsync(new Uri("/v1/traces", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "POST"), (get.StatusCode, get.Content.Headers.Allow.Single()));
        var logs = await PostAsync(collector, [], Protobuf, path: "/v1/logs");
        Assert.Equal(HttpStatusCode.NotFound, logs.StatusCode);
        Assert.Contains("logs are not supported", await logs.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_request_is_a_success()
    {
        using var log = await MemoryLogs.CreateAsync();
        await using var collector = await CollectorProcess.StartAsync(log);
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(collector, [], Protobuf)).StatusCode);
    }

    [Theory]
    [InlineData(AppendFailure.Unavailable, HttpStatusCode.ServiceUnavailable)]
    [InlineData(AppendFailure.QueueFull, HttpStatusCode.TooManyRequests)]
    public async Task A_log_that_does_not_take_the_spans_is_no_success(AppendFailure failure, HttpStatusCode expected)
    {
        using var log = new RefusingLog(failure);
        await using var collector = await CollectorProcess.StartAsync(log);
        var response = await PostAsync(collector, OtlpTranscoderTests.BigRequest(5).ToByteArray(), Protobuf);
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter!.Delta);
    }

    [Fact]
    public async Task Too_much_in_flight_is_refused_for_now()
    {
        using var log = new RefusingLog(null);
        await using var collector = await CollectorProcess.StartAsync(log, ("Collector:MaxInFlightBytes", "1048576"));
        var body = OtlpTranscoderTests.BigRequest(9_000).ToByteArray();
        var first = PostAsync(collector, body, Protobuf);
        var second = PostAsync(collector, body, Protobuf);
        var refused = await Task.WhenAny(first, second);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await refused).StatusCode);
        log.Release();
        Assert.Contains(HttpStatusCode.OK, (await Task.WhenAll(first, second)).Select(r => r.StatusCode));
    }

    private static IReadOnlyList<Shared.Model.Span> Stored(IRecordLog log) =>
        [.. log.ReadAll(Topics.Spans, 4).SelectMany(r => SpanBatchRecord.ReadSpans(new RecordFraming().Unframe(r.Value, RecordSchema.SpanBatch).Span))];

    private static void AssertStored(IRecordLog log, List<Shared.Model.Span> expected) =>
        Assert.Equal(expected.OrderBy(s => s.TraceId).ThenBy(s => s.SpanId), Stored(log).OrderBy(s => s.TraceId).ThenBy(s => s.SpanId));

    private static byte[] Gzip(byte[] body)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
            gzip.Write(body);
        return stream.ToArray();
    }

    private static async Task<HttpResponseMessage> PostAsync(CollectorProcess collector, byte[] body, string type, string encoding = "", string path = "/v1/traces")
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (encoding.Length > 0)
            content.Headers.ContentEncoding.Add(encoding);
        return await collector.Client.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
    }
}
