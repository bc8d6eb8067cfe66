using Confluent.Kafka;
using Pipeline.TestKit.Messaging;

namespace Pipeline.Integration.Tests.Kafka;

/// <summary>The conformance suite on real brokers.</summary>
public abstract class RealKafkaConformance(KafkaServers servers, int brokerCount) : KafkaConformance
{
    protected override string BootstrapServers => servers.Demand(brokerCount);

    protected override async Task DeleteRecordsAsync(Shared.Messaging.TopicPartition partition, long before)
    {
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers }).Build();
        await admin.DeleteRecordsAsync([new TopicPartitionOffset(partition.Topic, partition.Partition, before)]);
    }
}
