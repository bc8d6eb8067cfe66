using System.Net;
using Pipeline.Shared.Model;
using Pipeline.Shared.Storage;
using Pipeline.TestKit;

namespace Pipeline.Query.Tests.Search;

public sealed class SearchEndpointsTests
{
    private const string Range = "start=1767322000000000&end=1767329999000000";

    private readonly MemoryStore _store = new();

    [Fact]
    public async Task Services_are_a_list_of_names()
    {
        await using var process = await QueryProcess.StartAsync(_store.With(A.Span(service: "b"), A.Span(trace: 2, service: "a")));
        var answer = await process.GetAsync("/api/services");
        Assert.Equal("""{"data":["a","b"],"total":2,"limit":0,"offset":0,"errors":null}""", answer.ToJsonString());
    }

    [Fact]
    public async Task An_empty_store_has_an_empty_list_of_services()
    {
        await using var process = await QueryProcess.StartAsync(_store);
        Assert.Equal("""{"data":[],"total":0,"limit":0,"offset":0,"errors":null}""", await process.Client.GetStringAsync("/api/services"));
        using var response = await process.Client.GetAsync("/api/services");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
    }

    [Theory]
    [InlineData("shop%2Fcart", "shop/cart")]
    [InlineData("a%252Fb", "a%2Fb")]
    [InlineData("a%20b%3Fc", "a b?c")]
    [InlineData("caf%C3%A9", "café")]
    [InlineData("a+b", "a+b")]
    public async Task A_services_name_is_decoded_once(string path, string service)
    {
        _store.Operations.AddRange([new Operation("x", SpanKind.Client), new Operation("x", SpanKind.Server), new Operation("y", SpanKind.Server)]);
        await using var process = await QueryProcess.StartAsync(_store);
        var answer = await process.GetAsync($"/api/services/{path}/operations?x=1/2");
        Assert.Equal(service, _store.LastService);
        Assert.Equal("""["x","y"]""", answer["data"]!.ToJsonString());
        Assert.Equal(2, (int)answer["total"]!);
    }

    [Fact]
    public async Task Operations_carry_their_kind()
    {
        _store.Operations.AddRange([new Operation("x", SpanKind.Client), new Operation("x", SpanKind.Server), new Operation("z", SpanKind.Unspecified)]);
        await using var process = await QueryProcess.StartAsync(_store);
        var all = await process.GetAsync("/api/operations?service=a%2Fb");
        Assert.Equal("a/b", _store.LastService);
        Assert.Equal("""[{"name":"x","spanKind":"client"},{"name":"x","spanKind":"server"},{"name":"z","spanKind":""}]""", all["data"]!.ToJsonString());
        var servers = await process.GetAsync("/api/operations?service=a&spanKind=server");
        Assert.Equal("""[{"name":"x","spanKind":"server"}]""", servers["data"]!.ToJsonString());
        Assert.Equal("parameter 'service' is required", await process.GetErrorAsync("/api/operations"));
        Assert.Contains("'spanKind'", await process.GetErrorAsync("/api/operations?service=a&spanKind=proxy"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Traces_are_found_newest_first_and_whole()
    {
        await using var process = await QueryProcess.StartAsync(_store.With(
            A.Span(trace: 1, span: 1), A.Span(trace: 1, span: 2, parent: 1, service: "other"), A.Span(trace: 2, startMs: 5000), A.Span(trace: 3, service: "third")));
        var answer = await process.GetAsync($"/api/traces?service=checkout&{Range}&limit=5");
        var data = answer["data"]!.AsArray();
        Assert.Equal([A.TraceId(2).ToString(), A.TraceId(1).ToString()], data.Select(t => (string)t!["traceID"]!));
        Assert.Equal([1, 2], data.Select(t => t!["spans"]!.AsArray().Count));
        Assert.Equal(5, _store.LastQuery!.Limit);
    }

    [Fact]
    public async Task No_match_is_an_empty_list()
    {
        await using var process = await QueryProcess.StartAsync(_store);
        Assert.Equal("""{"data":[],"total":0,"limit":0,"offset":0,"errors":null}""", await process.Client.GetStringAsync("/api/traces?service=nobody"));
    }

    [Fact]
    public async Task Ids_that_are_not_there_are_named_beside_those_that_are()
    {
        await using var process = await QueryProcess.StartAsync(_store.With(A.Span()));
        var answer = await process.GetAsync($"/api/traces?traceID={A.TraceId(1)}&traceID=abc");
        Assert.Equal(A.TraceId(1).ToString(), (string)Assert.Single(answer["data"]!.AsArray())!["traceID"]!);
        Assert.Equal("""[{"code":404,"msg":"trace not found","traceID":"0000000000000abc"}]""", answer["errors"]!.ToJsonString());
    }

    [Fact]
    public async Task Summaries_say_each_trace_in_one_line()
    {
        await using var process = await QueryProcess.StartAsync(_store.With(
            A.Span(durationMs: 20), A.Span(span: 2, parent: 1, service: "stock", startMs: 5, durationMs: 30).WithError(), A.Span(trace: 2, span: 3, parent: 9, startMs: -9)));
        var answer = await process.GetAsync($"/api/summaries?{Range}");
        Assert.Equal(2, (int)answer["total"]!);
        Golden.Verify("summaries.json", answer["data"]!.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true, NewLine = "\n" }) + "\n");
        Assert.Contains("/api/traces has it", await process.GetErrorAsync("/api/summaries?traceID=1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_parameter_is_answered_in_Jaegers_form()
    {
        await using var process = await QueryProcess.StartAsync(_store);
        using var response = await process.Client.GetAsync("/api/traces");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal("""{"data":null,"total":0,"limit":0,"offset":0,"errors":[{"code":400,"msg":"parameter 'service' is required"}]}""",
            System.Text.Json.Nodes.JsonNode.Parse(await response.Content.ReadAsStringAsync())!.ToJsonString(new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }
}
