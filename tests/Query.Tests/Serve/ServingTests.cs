using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Pipeline.Shared.Hosting;
using Pipeline.Shared.Storage;
using Pipeline.TestKit;

namespace Pipeline.Query.Tests.Serve;

public sealed class ServingTests
{
    private readonly MemoryStore _store = new();

    [Fact]
    public async Task A_store_that_is_away_is_said_so_and_counted()
    {
        _store.Failure = new StoreUnavailableException("no node answers") { RetryAfter = TimeSpan.FromSeconds(7) };
        await using var process = await QueryProcess.StartAsync(_store);
        foreach (var path in new[] { "/api/services", "/api/services/a/operations", "/api/operations?service=a", "/api/traces?service=a", "/api/traces/1", "/api/dependencies", "/api/summaries" })
            Assert.Contains("no node answers", await process.GetErrorAsync(path, HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        using var response = await process.Client.GetAsync("/api/services");
        Assert.Equal(TimeSpan.FromSeconds(7), response.Headers.RetryAfter?.Delta);
        Assert.Contains("pipeline_query_requests_total{endpoint=\"services\",status=\"503\"} 2", await process.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_not_waited_for_for_ever()
    {
        var time = new FakeTimeProvider();
        _store.Hangs = true;
        await using var process = await QueryProcess.StartAsync(_store, time: time);
        var answer = process.GetErrorAsync("/api/services", HttpStatusCode.GatewayTimeout);
        await Eventually.HoldsAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(10));
            return answer.IsCompleted;
        }, "the request ends");
        Assert.Contains("30 s", await answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_of_the_program_shows_nothing_of_its_inside()
    {
        _store.Failure = new InvalidOperationException("secret");
        await using var process = await QueryProcess.StartAsync(_store);
        Assert.DoesNotContain("secret", await process.GetErrorAsync("/api/services", HttpStatusCode.InternalServerError), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_are_compressed_for_those_who_can_read_it()
    {
        await using var process = await QueryProcess.StartAsync(_store.With([.. Enumerable.Range(1, 3000).Select(i => A.Span(span: i, parent: i - 1))]));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/traces/" + A.TraceId(1));
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        using var response = await process.Client.SendAsync(request);
        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        await using var body = new GZipStream(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var reader = new StreamReader(body);
        Assert.Equal(await process.Client.GetStringAsync("/api/traces/" + A.TraceId(1)), await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task An_error_is_never_marked_as_compressed()
    {
        await using var process = await QueryProcess.StartAsync(_store);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/traces/1");
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        using var response = await process.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Empty(response.Content.Headers.ContentEncoding);
    }

    [Theory]
    [InlineData("?prettyPrint=true", true)]
    [InlineData("?prettyPrint=1", true)]
    [InlineData("?prettyPrint=false", false)]
    [InlineData("?prettyPrint=", false)]
    [InlineData("", false)]
    public async Task Pretty_printing_indents_by_four(string query, bool expected)
    {
        await using var process = await QueryProcess.StartAsync(_store);
        Assert.Equal(expected, (await process.Client.GetStringAsync("/api/services" + query)).StartsWith("{\n    \"data\": []", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Everything_moves_below_the_base_path()
    {
        await using var process = await QueryProcess.StartAsync(_store, new() { ["Query:BasePath"] = "/ops/tracing/" });
        await process.GetAsync("/ops/tracing/api/services");
        Assert.Contains("<base href=\"/ops/tracing/\">", await process.Client.GetStringAsync("/ops/tracing/search?service=a"), StringComparison.Ordinal);
        Assert.Contains("export", await process.Client.GetStringAsync("/ops/tracing/js/dom.js"), StringComparison.Ordinal);
        using var outside = await process.Client.GetAsync("/api/services");
        Assert.Equal(HttpStatusCode.NotFound, outside.StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/search?service=x")]
    [InlineData("/trace/abc")]
    [InlineData("/dependencies")]
    public async Task Every_page_is_the_document_and_may_run_nothing_foreign(string path)
    {
        await using var process = await QueryProcess.StartAsync(_store);
        using var response = await process.Client.GetAsync(path);
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.StartsWith("default-src 'self';", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        var html = await response.Content.ReadAsStringAsync();
        Assert.DoesNotMatch("(?i)<script(?![^>]*src=)|<style| style=| on[a-z]+=", html);
        using var again = new HttpRequestMessage(HttpMethod.Get, path);
        again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
        using var unchanged = await process.Client.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Fact]
    public async Task An_endpoint_that_is_not_there_is_answered_in_the_envelope()
    {
        await using var process = await QueryProcess.StartAsync(_store);
        Assert.Equal("there is no such endpoint", await process.GetErrorAsync("/api/nothing", HttpStatusCode.NotFound));
        using var page = await process.Client.GetAsync("/nothing");
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
    }

    [Fact]
    public async Task The_api_answers_on_its_own_port_only_whatever_the_host_header_says()
    {
        var port = FreePort();
        await using var process = await QueryProcess.StartAsync(_store, new() { ["Query:Port"] = port.ToString(System.Globalization.CultureInfo.InvariantCulture) });
        using var onOther = await process.Client.GetAsync(new Uri(process.Addresses.Single(a => a.Port != port), "/api/services"));
        Assert.Equal(HttpStatusCode.NotFound, onOther.StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(process.Addresses.Single(a => a.Port == port), "/api/services"));
        request.Headers.Host = "tracing.example.com";
        using var answer = await process.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task All_bad_settings_are_named_at_once()
    {
        var bad = new Dictionary<string, string?>
        {
            ["Query:Address"] = "here", ["Query:Port"] = "70000", ["Query:BasePath"] = "/a\"b", ["Query:StoreTimeout"] = "00:00:00", ["Query:MaxClockSkewAdjustment"] = "-00:00:01", ["Query:MaxTraceDuration"] = "60.00:00:00",
        };
        var exception = await Assert.ThrowsAsync<ConfigurationException>(() => QueryProcess.StartAsync(_store, bad));
        Assert.Equal(bad.Keys.Order(), exception.Errors.Select(e => string.Join(':', e.Split(':').Take(2))).Order());
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
