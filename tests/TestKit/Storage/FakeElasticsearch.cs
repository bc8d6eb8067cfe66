using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Pipeline.TestKit.Storage;

/// <summary>
/// A server in this process that takes bulk requests as Elasticsearch does (create once, then 409) and otherwise answers as it is told: what real servers do only
/// on their worst days.
/// </summary>
public sealed class FakeElasticsearch : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Func<FakeRequest, FakeAnswer?>> _bulkScript = new();
    private readonly ConcurrentDictionary<string, string> _documents = new();
    private readonly ConcurrentQueue<FakeRequest> _requests = new();

    private FakeElasticsearch(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public Uri Url => new(_app.Urls.First());

    /// <summary>What it holds, by <c>index/id</c>.</summary>
    public IReadOnlyDictionary<string, string> Documents => _documents;

    /// <summary>What it was asked, in order.</summary>
    public IReadOnlyList<FakeRequest> Requests => [.. _requests];

    /// <summary>The bulk requests among them.</summary>
    public IReadOnlyList<FakeRequest> Bulks => [.. _requests.Where(r => r.Path.StartsWith("/_bulk", StringComparison.Ordinal))];

    /// <summary>Answers everything but bulk requests; null for the usual answer.</summary>
    public Func<FakeRequest, FakeAnswer?> Answer { get; set; } = static _ => null;

    /// <summary>The verdict on one bulk item: 0 to apply it, else its status; 400 comes with a reason.</summary>
    public Func<FakeAction, int> ItemStatus { get; set; } = static _ => 0;

    /// <summary>Starts on a free port; with TLS where there is a certificate.</summary>
    public static async Task<FakeElasticsearch> StartAsync(X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                if (certificate is not null)
                    listen.UseHttps(certificate);
            });
        });
        var fake = new FakeElasticsearch(builder.Build());
        fake._app.Run(fake.HandleAsync);
        await fake._app.StartAsync();
        return fake;
    }

    /// <summary>Says what the next bulk request is answered with; null, or none, applies it.</summary>
    public void OnBulk(Func<FakeRequest, FakeAnswer?> answer) => _bulkScript.Enqueue(answer);

    /// <summary>Says the status of the next bulk request, which is not applied.</summary>
    public void OnBulk(HttpStatusCode status, int? retryAfterSeconds = null) => OnBulk(_ => Error(status, retryAfterSeconds));

    /// <summary>An error as Elasticsearch says it.</summary>
    public static FakeAnswer Error(HttpStatusCode status, int? retryAfterSeconds = null) =>
        new(status, $$$"""{"error":{"type":"fake_exception","reason":"scripted {{{(int)status}}}"},"status":{{{(int)status}}}}""", retryAfterSeconds);

    /// <summary>The actions of a bulk request's body.</summary>
    public static IEnumerable<FakeAction> ReadActions(string body)
    {
        var lines = body.Split('\n');
        for (var i = 0; i + 1 < lines.Length; i += 2)
        {
            using var json = JsonDocument.Parse(lines[i]);
            var action = json.RootElement.EnumerateObject().Single();
            yield return new FakeAction(action.Name, action.Value.GetProperty("_index").GetString()!, action.Value.GetProperty("_id").GetString()!, lines[i + 1]);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var request = new FakeRequest(context.Request.Method, context.Request.Path + context.Request.QueryString, body, context.Request.ContentLength,
            context.Request.ContentType ?? "", context.Request.Headers.Authorization.ToString());
        _requests.Enqueue(request);
        var answer = request.Path.StartsWith("/_bulk", StringComparison.Ordinal) ? AnswerBulk(request) : Answer(request) ?? AnswerUsually(request);
        if (answer.Hangs)
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
        context.Response.StatusCode = (int)answer.Status;
        if (answer.RetryAfterSeconds is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer.Body, CancellationToken.None);
    }

    private FakeAnswer AnswerBulk(FakeRequest request)
    {
        var scripted = _bulkScript.TryDequeue(out var script) ? script(request) : null;
        if (scripted is { Hangs: false })
            return scripted;
        var items = ReadActions(request.Body).Select(a => $$"""{"{{a.Name}}":{{Apply(a)}}}""").ToList();
        return new FakeAnswer(HttpStatusCode.OK, $$"""{"took":1,"errors":false,"items":[{{string.Join(',', items)}}]}""", Hangs: scripted is not null);
    }

    private string Apply(FakeAction action)
    {
        var status = ItemStatus(action);
        if (status == 0 && action.Name == "create")
            status = _documents.TryAdd($"{action.Index}/{action.Id}", action.Source) ? 201 : 409;
        else if (status == 0)
            status = (_documents[$"{action.Index}/{action.Id}"] = action.Source) is null ? 500 : 200;
        return status < 300
            ? $$"""{"status":{{status}}}"""
            : $$"""{"status":{{status}},"error":{"type":"fake_exception","reason":"scripted {{status}}","caused_by":{"type":"deeper","reason":"why"} } }""";
    }

    private static FakeAnswer AnswerUsually(FakeRequest request) => request.Path switch
    {
        "/" => new(HttpStatusCode.OK, """{"version":{"number":"8.15.3"},"tagline":"You Know, for Search"}"""),
        _ when request.Path.EndsWith("/_mapping", StringComparison.Ordinal) => Error(HttpStatusCode.NotFound),
        _ when request.Path.StartsWith("/_cat/", StringComparison.Ordinal) => new(HttpStatusCode.OK, "[]"),
        _ when request.Path.Contains("/_search", StringComparison.Ordinal) =>
            new(HttpStatusCode.OK, """{"timed_out":false,"_shards":{"total":0,"failed":0},"hits":{"hits":[]}}"""),
        _ => new(HttpStatusCode.OK, """{"acknowledged":true,"docs":[]}"""),
    };
}
