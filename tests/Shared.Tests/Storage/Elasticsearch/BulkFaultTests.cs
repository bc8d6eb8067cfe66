using System.Net;
using Pipeline.Shared.Model;
using Pipeline.Shared.Storage;
using Pipeline.TestKit;
using Pipeline.TestKit.Storage;
using Xunit;

namespace Pipeline.Shared.Tests.Storage.Elasticsearch;

/// <summary>What real servers do only on their worst days: every span is stored once all the same, or named.</summary>
public sealed class BulkFaultTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Items_that_were_too_many_are_sent_again_and_only_those()
    {
        await using var store = await StoreOverFake.StartAsync();
        var rejected = new HashSet<string>();
        store.Server.ItemStatus = action => action.Source.Contains(A.SpanId(2).ToString(), StringComparison.Ordinal) && rejected.Add(action.Id) ? 429 : 0;

        var report = await store.Writer.WriteAsync([KeptTraces.Of(A.Span(), A.Span(span: 2), A.Span(span: 3))], Cancellation);

        Assert.Equal((3, 0), (report.StoredSpanCount, report.RepeatedSpanCount));
        Assert.Equal(2, store.Server.Bulks.Count);
        Assert.Equal(rejected, store.Server.Bulks[1].BulkIds.ToHashSet());
        Assert.Equal(3, store.Spans.Count);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(500)]
    [InlineData(401)]
    [InlineData(403)]
    public async Task A_request_that_is_turned_away_is_sent_again(int status)
    {
        await using var store = await StoreOverFake.StartAsync();
        store.Server.OnBulk((HttpStatusCode)status);

        var report = await store.Writer.WriteAsync([KeptTraces.Of(A.Span())], Cancellation);

        Assert.Equal(1, report.StoredSpanCount);
        Assert.Equal(store.Server.Bulks[0].Body, store.Server.Bulks[1].Body);
    }

    [Fact]
    public async Task An_answer_lost_after_the_request_was_applied_stores_nothing_twice()
    {
        await using var store = await StoreOverFake.StartAsync(o => o.RequestTimeout = TimeSpan.FromMilliseconds(300));
        store.Server.OnBulk(_ => new FakeAnswer(HttpStatusCode.OK, "", Hangs: true));

        var report = await store.Writer.WriteAsync([KeptTraces.Of(A.Span(), A.Span(span: 2))], Cancellation);

        Assert.Equal((0, 2), (report.StoredSpanCount, report.RepeatedSpanCount));
        Assert.Equal(2, store.Spans.Count);
        Assert.Empty(report.Refused);
    }

    [Fact]
    public async Task A_server_that_stays_away_is_said_to_be_away()
    {
        await using var store = await StoreOverFake.StartAsync(o => o.AttemptCount = 3);
        for (var i = 0; i < 3; i++)
            store.Server.OnBulk(HttpStatusCode.ServiceUnavailable);

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Writer.WriteAsync([KeptTraces.Of(A.Span())], Cancellation));

        Assert.Contains("3 attempts", failure.Message, StringComparison.Ordinal);
        Assert.Contains("scripted 503", failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, store.Server.Bulks.Count);
        Assert.Equal(1, (await store.Writer.WriteAsync([KeptTraces.Of(A.Span())], Cancellation)).StoredSpanCount);
        Assert.Contains(store.Server.Documents.Keys, k => k.Contains("jaeger-service", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_wait_that_a_server_asks_for_is_passed_on()
    {
        await using var store = await StoreOverFake.StartAsync(o => o.AttemptCount = 1);
        store.Server.OnBulk(HttpStatusCode.TooManyRequests, retryAfterSeconds: 7);

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.Writer.WriteAsync([KeptTraces.Of(A.Span())], Cancellation));

        Assert.Equal(TimeSpan.FromSeconds(7), failure.RetryAfter);
    }

    [Fact]
    public async Task A_request_that_is_too_large_goes_in_halves()
    {
        await using var store = await StoreOverFake.StartAsync();
        Func<FakeRequest, FakeAnswer?> small = r => r.Body.Length > 3000 ? FakeElasticsearch.Error(HttpStatusCode.RequestEntityTooLarge) : null;
        for (var i = 0; i < 40; i++)
            store.Server.OnBulk(small);

        var report = await store.Writer.WriteAsync([KeptTraces.Of([.. Enumerable.Range(1, 20).Select(i => A.Span(span: i))])], Cancellation);

        Assert.Equal(20, report.StoredSpanCount);
        Assert.Equal(20, store.Spans.Count);
    }

    [Fact]
    public async Task A_single_span_that_is_too_large_is_refused_and_the_others_are_stored()
    {
        await using var store = await StoreOverFake.StartAsync();
        for (var i = 0; i < 20; i++)
            store.Server.OnBulk(r => r.Body.Length > 20_000 ? FakeElasticsearch.Error(HttpStatusCode.RequestEntityTooLarge) : null);
        var large = A.Span(span: 2) with { Attributes = new AttributeList { { "payload", new string('x', 30_000) } } };

        var report = await store.Writer.WriteAsync([KeptTraces.Of(A.Span(trace: 9)), KeptTraces.Of(A.Span(), large, A.Span(span: 3))], Cancellation);

        var refused = Assert.Single(report.Refused);
        Assert.Equal((1, A.SpanId(2)), (refused.TraceIndex, refused.Span.SpanId));
        Assert.Contains("http.max_content_length", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(3, report.StoredSpanCount);
    }

    [Fact]
    public async Task A_poisonous_span_is_refused_with_the_reason_and_the_others_are_stored()
    {
        await using var store = await StoreOverFake.StartAsync();
        store.Server.ItemStatus = action => action.Source.Contains(A.SpanId(2).ToString(), StringComparison.Ordinal) && action.Index.Contains("span", StringComparison.Ordinal) ? 400 : 0;

        var report = await store.Writer.WriteAsync([KeptTraces.Of(A.Span(), A.Span(span: 2), A.Span(span: 3))], Cancellation);

        var refused = Assert.Single(report.Refused);
        Assert.Equal(A.SpanId(2), refused.Span.SpanId);
        Assert.Contains("fake_exception: scripted 400 (deeper: why)", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(2, report.StoredSpanCount);
        Assert.Equal(2, store.Spans.Count);
    }

    [Fact]
    public async Task A_span_that_is_refused_for_its_fields_is_stored_without_them()
    {
        await using var store = await StoreOverFake.StartAsync();
        store.Server.ItemStatus = action => action.Source.Contains("\"bad@key\"", StringComparison.Ordinal) ? 400 : 0;
        var span = A.Span() with { Attributes = new AttributeList { { "bad.key", AttributeValue.From(5L) } } };

        var report = await store.Writer.WriteAsync([KeptTraces.Of(span)], Cancellation);

        Assert.Empty(report.Refused);
        Assert.Equal(1, report.StoredSpanCount);
        Assert.Contains("""{"key":"bad.key","type":"int64","value":5}""", Assert.Single(store.Spans).Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_with_the_wrong_number_of_items_says_nothing()
    {
        await using var store = await StoreOverFake.StartAsync();
        store.Server.OnBulk(_ => new FakeAnswer(HttpStatusCode.OK, """{"took":1,"errors":false,"items":[{"create":{"status":201}}]}"""));
        store.Server.OnBulk(_ => new FakeAnswer(HttpStatusCode.OK, "<html>proxy</html>"));

        var report = await store.Writer.WriteAsync([KeptTraces.Of(A.Span())], Cancellation);

        Assert.Equal(1, report.StoredSpanCount);
        Assert.Equal(3, store.Server.Bulks.Count);
    }

    [Fact]
    public async Task Batches_larger_than_a_request_go_in_several()
    {
        await using var store = await StoreOverFake.StartAsync(o => o.BulkBytes = 4000);

        var report = await store.Writer.WriteAsync([.. Enumerable.Range(1, 30).Select(i => KeptTraces.Of(A.Span(trace: i)))], Cancellation);

        Assert.Equal(30, report.StoredSpanCount);
        Assert.InRange(store.Server.Bulks.Count, 3, 30);
        Assert.All(store.Server.Bulks, b => Assert.InRange(b.Body.Length, 1, 6000));
    }

    [Fact]
    public async Task A_request_says_its_length_and_type()
    {
        await using var store = await StoreOverFake.StartAsync();

        await store.Writer.WriteAsync([KeptTraces.Of(A.Span())], Cancellation);

        var bulk = Assert.Single(store.Server.Bulks);
        Assert.Equal(bulk.Body.Length, bulk.ContentLength);
        Assert.Equal("application/x-ndjson", bulk.ContentType);
        Assert.EndsWith("\n", bulk.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Services_and_resources_are_written_once_an_index()
    {
        await using var store = await StoreOverFake.StartAsync();

        await store.Writer.WriteAsync([KeptTraces.Of(A.Span()), KeptTraces.Of(A.Span(trace: 2))], Cancellation);
        await store.Writer.WriteAsync([KeptTraces.Of(A.Span(trace: 3))], Cancellation);

        var actions = store.Server.Bulks.SelectMany(b => FakeElasticsearch.ReadActions(b.Body)).ToList();
        Assert.Single(actions, a => a.Index.Contains("jaeger-service", StringComparison.Ordinal));
        Assert.Single(actions, a => a.Index.Contains("tracing-definition", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_dead_node_is_left_out()
    {
        using var dead = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        dead.Start();
        var port = ((IPEndPoint)dead.LocalEndpoint).Port;
        dead.Stop();
        await using var store = await StoreOverFake.StartAsync(o => o.Nodes.Add($"http://127.0.0.1:{port}"));

        for (var i = 1; i <= 5; i++)
            Assert.Equal(1, (await store.Writer.WriteAsync([KeptTraces.Of(A.Span(trace: i))], Cancellation)).StoredSpanCount);

        Assert.Equal(5, store.Spans.Count);
    }
}
