using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Pipeline.Shared.Storage.Elasticsearch;
using Pipeline.TestKit.Storage;

namespace Pipeline.Shared.Tests.Storage.Elasticsearch;

/// <summary>The store in front of a scripted server.</summary>
internal sealed class StoreOverFake : IAsyncDisposable
{
    private readonly ElasticsearchClient _client;

    private StoreOverFake(FakeElasticsearch server, ElasticsearchOptions options)
    {
        Server = server;
        var wrapped = Options.Create(options);
        _client = new ElasticsearchClient(wrapped, TimeProvider.System);
        Writer = new ElasticsearchTraceWriter(_client, wrapped, TimeProvider.System, NullLogger<ElasticsearchTraceWriter>.Instance);
        Reader = new ElasticsearchTraceReader(_client, wrapped);
    }

    public FakeElasticsearch Server { get; }

    public ElasticsearchTraceWriter Writer { get; }

    public ElasticsearchTraceReader Reader { get; }

    /// <summary>The documents of span indices, by id.</summary>
    public IReadOnlyDictionary<string, string> Spans => Server.Documents.Where(d => d.Key.Contains("jaeger-span", StringComparison.Ordinal)).ToDictionary(d => d.Key, d => d.Value);

    public static async Task<StoreOverFake> StartAsync(Action<ElasticsearchOptions>? configure = null)
    {
        var server = await FakeElasticsearch.StartAsync();
        var options = new ElasticsearchOptions { RetryDelay = TimeSpan.FromMilliseconds(1) };
        configure?.Invoke(options);
        options.Nodes.Add(server.Url.ToString());
        return new StoreOverFake(server, options);
    }

    /// <summary>A date that the tests' spans have, as index names say it.</summary>
    public static string Day => DateTimeOffset.FromUnixTimeMilliseconds((long)(TestKit.A.StartUnixNano / 1_000_000)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public async ValueTask DisposeAsync()
    {
        Writer.Dispose();
        _client.Dispose();
        await Server.DisposeAsync();
    }
}
