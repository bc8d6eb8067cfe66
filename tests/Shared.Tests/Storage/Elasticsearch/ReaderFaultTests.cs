using System.Net;
using System.Text.Json;
using Pipeline.Shared.Storage;
using Pipeline.TestKit;
using Pipeline.TestKit.Storage;
using Xunit;

namespace Pipeline.Shared.Tests.Storage.Elasticsearch;

public sealed class ReaderFaultTests
{
    private static readonly TraceQuery Query = new() { StartMin = DateTimeOffset.UnixEpoch, StartMax = DateTimeOffset.UnixEpoch.AddYears(100) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"timed_out":false,"_shards":{"total":5,"failed":1},"hits":{"hits":[]}}""", "left out 1 shards")]
    [InlineData("""{"timed_out":true,"_shards":{"total":5,"failed":0},"hits":{"hits":[]}}""", "partial")]
    [InlineData("<html>", "not JSON")]
    public async Task A_partial_answer_is_no_answer(string answer, string message)
    {
        await using var store = await StoreOverFake.StartAsync();
        store.Server.Answer = r => r.Path.Contains("_search", StringComparison.Ordinal) ? new FakeAnswer(HttpStatusCode.OK, answer) : null;

        await AssertAwayAsync(() => store.Reader.GetTraceAsync(A.TraceId(1), null, null, Cancellation), message);
        await AssertAwayAsync(() => store.Reader.FindTracesAsync(Query, Cancellation), message);
        await AssertAwayAsync(() => store.Reader.FindSummariesAsync(Query, Cancellation), message);
        await AssertAwayAsync(() => store.Reader.GetServicesAsync(Cancellation), message);
        await AssertAwayAsync(() => store.Reader.GetOperationsAsync("a", null, Cancellation), message);
        await AssertAwayAsync(() => store.Reader.GetDependenciesAsync(Query.StartMin, Query.StartMax, Cancellation), message);
    }

    [Theory]
    [InlineData(429, "overloaded")]
    [InlineData(503, "overloaded")]
    [InlineData(401, "Check Elasticsearch:UserName")]
    [InlineData(403, "lacks a privilege")]
    [InlineData(400, "scripted 400")]
    public async Task A_refused_search_says_why(int status, string message)
    {
        await using var store = await StoreOverFake.StartAsync();
        store.Server.Answer = _ => FakeElasticsearch.Error((HttpStatusCode)status);

        await AssertAwayAsync(() => store.Reader.GetServicesAsync(Cancellation), message);
    }

    [Fact]
    public async Task A_search_goes_on_with_another_attempt()
    {
        await using var store = await StoreOverFake.StartAsync();
        var asked = 0;
        store.Server.Answer = _ => ++asked == 1 ? FakeElasticsearch.Error(HttpStatusCode.ServiceUnavailable) : null;

        Assert.Empty(await store.Reader.GetServicesAsync(Cancellation));
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Documents_that_share_their_place_in_the_order_are_not_lost_between_pages()
    {
        await using var store = await StoreOverFake.StartAsync(o => o.MaxDocCount = 3);
        var documents = Enumerable.Range(0, 8).Select(i => (Id: "d" + i, Sort: $"[{new[] { 1, 2, 3, 3, 4, 5, 5, 6 }[i]},\"s\"]")).ToList();
        store.Server.Answer = r => r.Path.Contains("_search", StringComparison.Ordinal) ? Page(r.Body, documents) : null;

        var trace = await store.Reader.GetTraceAsync(A.TraceId(1), null, null, Cancellation);

        Assert.Equal(Enumerable.Range(1, 8).Select(i => A.SpanId(i)), trace!.Spans.Select(s => s.SpanId));
    }

    [Fact]
    public async Task A_page_of_documents_that_cannot_be_told_apart_is_an_error()
    {
        await using var store = await StoreOverFake.StartAsync(o => o.MaxDocCount = 2);
        store.Server.Answer = r => r.Path.Contains("_search", StringComparison.Ordinal) ? Page(r.Body, [("d0", "[1,\"s\"]"), ("d1", "[1,\"s\"]"), ("d2", "[1,\"s\"]")]) : null;

        await AssertAwayAsync(() => store.Reader.GetTraceAsync(A.TraceId(1), null, null, Cancellation), "share the sort values");
    }

    private static FakeAnswer Page(string body, List<(string Id, string Sort)> documents)
    {
        using var json = JsonDocument.Parse(body);
        var size = json.RootElement.GetProperty("size").GetInt32();
        var after = json.RootElement.TryGetProperty("search_after", out var values) ? values[0].GetInt32() : 0;
        var hits = documents.Select((d, i) => (d.Id, d.Sort, Number: i + 1)).Where(d => JsonDocument.Parse(d.Sort).RootElement[0].GetInt32() > after).Take(size).Select(d => $$$"""
            {"_index":"jaeger-span-{{{StoreOverFake.Day}}}","_id":"{{{d.Id}}}","sort":{{{d.Sort}}},"_source":{"traceID":"{{{A.TraceId(1)}}}","spanID":"{{{A.SpanId(d.Number)}}}",
            "operationName":"o","startTime":{{{d.Number}}},"duration":1,"process":{"serviceName":"s"} } }
            """);
        return new FakeAnswer(HttpStatusCode.OK, $$"""{"timed_out":false,"_shards":{"total":1,"failed":0},"hits":{"hits":[{{string.Join(',', hits)}}]} }""");
    }

    private static async Task AssertAwayAsync(Func<Task> read, string message)
    {
        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(read);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }
}
