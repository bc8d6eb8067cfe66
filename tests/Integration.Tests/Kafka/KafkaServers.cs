using Testcontainers.Kafka;
using Xunit;

namespace Pipeline.Integration.Tests.Kafka;

/// <summary>
/// One Kafka broker for all tests: a container where a Docker engine answers, else the one that PIPELINE_TEST_KAFKA names. And the cluster of three brokers
/// that PIPELINE_TEST_KAFKA3 names. Each test has topics and groups of its own.
/// </summary>
public sealed class KafkaServers : IAsyncLifetime
{
    private const string Image = "apache/kafka:3.9.1";

    private KafkaContainer? _container;
    private string? _one;
    private string? _three;

    public async ValueTask InitializeAsync()
    {
        _one = Setting("PIPELINE_TEST_KAFKA");
        _three = Setting("PIPELINE_TEST_KAFKA3");
        if (!await DockerEngine.AnswersAsync())
            return;
        _container = new KafkaBuilder(Image).WithEnvironment("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0").Build();
        await _container.StartAsync();
        _one = _container.GetBootstrapAddress();
    }

    /// <summary>Bootstrap servers of one or three brokers, or a skipped test that says how to start them.</summary>
    public string Demand(int brokerCount)
    {
        var servers = brokerCount == 1 ? _one : _three;
        if (servers is null)
            Assert.Skip(brokerCount == 1
                ? "No Kafka: run '$PIPELINE_SERVICES/kafka.sh start 1' and set PIPELINE_TEST_KAFKA=127.0.0.1:9092, or start a Docker engine."
                : "No Kafka of three brokers: run '$PIPELINE_SERVICES/kafka.sh start 3' and set PIPELINE_TEST_KAFKA3=127.0.0.1:9092,127.0.0.1:9093,127.0.0.1:9094.");
        return servers;
    }

    public async ValueTask DisposeAsync()
    {
        if (_container is not null)
            await _container.DisposeAsync();
    }

    private static string? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
