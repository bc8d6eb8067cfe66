using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Pipeline.Shared.Storage;

using Pipeline.TestKit.Storage;
using Xunit;

[assembly: AssemblyFixture(typeof(Pipeline.Integration.Tests.Elasticsearch.ElasticsearchServer))]

namespace Pipeline.Integration.Tests.Elasticsearch;

[Trait("Service", "Elasticsearch")]
public sealed class ElasticsearchConformanceTests(ElasticsearchServer server) : TraceStoreConformance
{
    private readonly string _prefix = ElasticsearchServer.NewPrefix();
    private readonly List<ServiceProvider> _providers = [];
    private readonly HttpClient _http = new(new SocketsHttpHandler());

    public override async ValueTask DisposeAsync()
    {
        foreach (var provider in _providers)
            await provider.DisposeAsync();
        if (server.Url is not null)
            await Wipe.IndicesAsync(_http, server.Url, _prefix);
        _http.Dispose();
    }

    protected override ValueTask<(ITraceWriter Writer, ITraceReader Reader)> OpenAsync()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Elasticsearch:Nodes:0"] = server.Demand().ToString(),
            ["Elasticsearch:IndexPrefix"] = _prefix,
            ["Elasticsearch:ReplicaCount"] = "0",
            ["Store:Kind"] = "Elasticsearch",
            ["Elasticsearch:MaxDocCount"] = "1000",
            ["Elasticsearch:MaxSpanAge"] = Retention.ToString("c", CultureInfo.InvariantCulture),
        };
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        services.AddSingleton<TimeProvider>(Time);
        services.AddTraceStore();
        _providers.Add(services.BuildServiceProvider());
        return new((_providers[^1].GetRequiredService<ITraceWriter>(), _providers[^1].GetRequiredService<ITraceReader>()));
    }

    protected override async Task RefreshAsync()
    {
        using var answer = await _http.PostAsync(new Uri(server.Demand(), $"/{_prefix}-*/_refresh"), null, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }
}
