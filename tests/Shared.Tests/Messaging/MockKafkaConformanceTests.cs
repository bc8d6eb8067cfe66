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

    // As librdkafka 2.16.0's mock cluster was found to behave.
    protected override string? WhyNot(LogFeature feature) => feature switch
    {
        LogFeature.TopicAdministration => "The mock cluster has no requests to create, describe or grow topics.",
        LogFeature.OffsetForTime => "The mock cluster finds no offsets by time.",
        LogFeature.MembershipCheck => "The mock cluster takes a transaction's offsets from anybody.",
        LogFeature.StableOffsets => "The mock cluster moves offsets before their transaction is committed.",
        LogFeature.Isolation => "The mock cluster shows open transactions to readers of committed records.",
        LogFeature.ProducerFencing => "The mock cluster lets an older producer with the same transactional id go on.",
        LogFeature.CommitInRebalance => "The mock cluster refuses offsets while its group rebalances.",
        LogFeature.MemberFencing => "The mock cluster lets two members with the same instance id be.",
        _ => null,
    };

    public sealed class Cluster : IDisposable
    {
        public MockKafkaCluster Mock { get; } = new();

        public void Dispose() => Mock.Dispose();
    }
}
