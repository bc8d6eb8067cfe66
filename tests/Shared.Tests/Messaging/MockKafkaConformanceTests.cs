using Pipeline.Shared.Messaging;
using Pipeline.TestKit.Messaging;
using Xunit;

namespace Pipeline.Shared.Tests.Messaging;

/// <summary>The conformance suite on librdkafka's mock cluster: hermetic, but without much of what a broker does.</summary>
public sealed class MockKafkaConformanceTests(MockKafkaConformanceTests.Cluster cluster) : KafkaConformance, IClassFixture<MockKafkaConformanceTests.Cluster>
{
    protected override string BootstrapServers => cluster.Mock.BootstrapServers;

    protected override Task CreateTopicAsync(TopicDescription topic)
    {
        cluster.Mock.CreateTopic(topic.Name, topic.PartitionCount);
        return Task.CompletedTask;
    }

    protected override Task DeleteRecordsAsync(TopicPartition partition, long before)
    {
        cluster.Mock.DeleteRecords(partition.Topic, partition.Partition, before);
        return Task.CompletedTask;
    }

    public sealed class Cluster : IDisposable
    {
        public MockKafkaCluster Mock { get; } = new();

        public void Dispose() => Mock.Dispose();
    }
}
