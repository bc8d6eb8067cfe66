using Pipeline.Shared.Messaging;
using Xunit;

namespace Pipeline.TestKit.Messaging;

/// <summary>Topics.</summary>
public abstract partial class RecordLogConformance
{
    [Fact]
    public async Task A_topic_is_created_with_its_settings_and_left_alone_when_it_is_there()
    {
        Demand(LogFeature.TopicAdministration);
        var name = NewName("topic");
        var settings = new Dictionary<string, string> { ["cleanup.policy"] = "compact", ["message.timestamp.type"] = "LogAppendTime" };
        await Log.CreateTopicsAsync([new TopicDescription(name, 3, settings)], Cancellation);

        await Log.CreateTopicsAsync([new TopicDescription(name, 5, new Dictionary<string, string>())], Cancellation);

        var found = Assert.Single(await Log.DescribeTopicsAsync([name], Cancellation));
        Assert.Equal((name, 3), (found.Name, found.PartitionCount));
        Assert.All(settings, s => Assert.Equal(s.Value, found.Settings[s.Key]));
    }

    [Fact]
    public async Task A_topic_that_does_not_exist_has_no_partitions()
    {
        Demand(LogFeature.TopicAdministration);
        var (there, absent) = (await NewTopicAsync(2), NewName("absent"));

        var found = await Log.DescribeTopicsAsync([absent, there], Cancellation);

        Assert.Equal([(absent, 0), (there, 2)], found.Select(t => (t.Name, t.PartitionCount)));
    }

    [Fact]
    public async Task A_topic_grows_and_its_groups_get_the_new_partitions()
    {
        Demand(LogFeature.TopicAdministration);
        var topic = await NewTopicAsync(2);
        var member = Join(NewName("group"), topic);
        PollUntil("both partitions are assigned", () => member.Owned.Count == 2, member);

        await Log.GrowTopicAsync(topic, 3, Cancellation);

        await AppendWhenThereAsync(new TopicPartition(topic, 2), "new");
        PollUntil("the record of the new partition was read", () => member.Records.Count == 1, member);
        Assert.Equal(3, member.Owned.Count);
        Assert.Empty(member.Lost);
        Assert.Empty(member.Revoked);
        Assert.Equal(3, (await Log.DescribeTopicsAsync([topic], Cancellation)).Single().PartitionCount);
    }

    [Fact]
    public async Task A_topic_that_does_not_exist_cannot_grow()
    {
        Demand(LogFeature.TopicAdministration);
        await Assert.ThrowsAsync<LogUnavailableException>(() => Log.GrowTopicAsync(NewName("absent"), 3, Cancellation));
    }

    // The brokers learn of a new partition one after another.
    private async Task AppendWhenThereAsync(TopicPartition partition, string value)
    {
        var appended = false;
        await Eventually.HoldsAsync(() => appended || TryAppend(), $"{partition} takes a record", Patience, Cancellation);

        bool TryAppend()
        {
            using var producer = Log.CreateProducer();
            return appended = producer.AppendAsync(partition, Bytes("k"), Bytes(value), null, Cancellation).GetAwaiter().GetResult().Succeeded;
        }
    }
}
