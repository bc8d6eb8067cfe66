using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;
using Xunit;

namespace Pipeline.Integration.Tests.Elasticsearch;

/// <summary>
/// One Elasticsearch for all tests: a container where a Docker engine answers, else the server that PIPELINE_TEST_ELASTICSEARCH names. Each test has index names of its own.
/// </summary>
public sealed class ElasticsearchServer : IAsyncLifetime
{
    private const string Image = "docker.elastic.co/elasticsearch/elasticsearch:8.15.3";
    private const int Port = 9200;
    private static int _prefixes;

    private IContainer? _container;

    /// <summary>The server's URL; null where there is none.</summary>
    public Uri? Url { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (await DockerEngine.AnswersAsync())
        {
            _container = new ContainerBuilder(Image).WithPortBinding(Port, true)
                .WithEnvironment("discovery.type", "single-node").WithEnvironment("xpack.security.enabled", "false").WithEnvironment("ES_JAVA_OPTS", "-Xms512m -Xmx512m")
                .WithWaitStrategy(Wait.ForUnixContainer().UntilHttpRequestIsSucceeded(r => r.ForPath("/_cluster/health").ForPort(Port)))
                .Build();
            await _container.StartAsync();
            Url = new UriBuilder("http", _container.Hostname, _container.GetMappedPublicPort(Port)).Uri;
        }
        else if (Environment.GetEnvironmentVariable("PIPELINE_TEST_ELASTICSEARCH") is { Length: > 0 } url)
        {
            Url = new Uri(url);
        }
    }

    /// <summary>The URL, or a skipped test that says how to start a server.</summary>
    public Uri Demand()
    {
        if (Url is null)
            Assert.Skip("No Elasticsearch: run '$PIPELINE_SERVICES/elasticsearch.sh start' and set PIPELINE_TEST_ELASTICSEARCH=http://127.0.0.1:9200, or start a Docker engine.");
        return Url;
    }

    /// <summary>An index prefix that no other test has, also not one of an earlier run on the same server.</summary>
    public static string NewPrefix() => $"t{Environment.ProcessId:x}{DateTime.UtcNow.Ticks % 0xffffffff:x8}n{Interlocked.Increment(ref _prefixes)}";

    public async ValueTask DisposeAsync()
    {
        if (_container is not null)
            await _container.DisposeAsync();
    }
}
