using Confluent.Kafka;

namespace Pipeline.Shared.Messaging.Kafka;

/// <summary>A member of a Kafka consumer group; rebalances are cooperative, handlers run on the polling thread.</summary>
internal sealed class KafkaConsumer : KafkaReader, IRecordConsumer
{
    private static readonly TimeSpan CommittedTimeout = TimeSpan.FromSeconds(5);

    private readonly Rebalances _rebalances;

    public KafkaConsumer(KafkaLog log, ConsumerConfig config) : this(log, config, new Rebalances())
    {
    }

    private KafkaConsumer(KafkaLog log, ConsumerConfig config, Rebalances rebalances) : base(log, config, rebalances.Attach) => _rebalances = rebalances;

    public IReadOnlyCollection<TopicPartition> Assignment => [.. Consumer.Assignment.Select(p => p.ToOurs())];

    public GroupMembership Membership => new KafkaMembership(Consumer.ConsumerGroupMetadata);

    public override void Assign(IReadOnlyList<PartitionOffset> positions) => throw new InvalidOperationException("A member of a group does not choose its partitions.");

    public void Subscribe(IReadOnlyList<string> topics, IAssignmentListener listener)
    {
        _rebalances.Listener = listener;
        Consumer.Subscribe(topics);
    }

    // With read_committed librdkafka asks for stable offsets only (KIP-447).
    public long? Committed(TopicPartition partition, TimeSpan timeout)
    {
        var found = KafkaLog.Ask(partition, () => Consumer.Committed([partition.ToKafka()], timeout))[0].Offset;
        return found.IsSpecial ? null : found.Value;
    }

    public void Commit(IReadOnlyList<PartitionOffset> offsets)
    {
        if (offsets.Count > 0)
            KafkaLog.Ask(offsets[0].Partition, () =>
            {
                Consumer.Commit(offsets.Select(o => o.ToKafka()));
                return true;
            });
    }

    private sealed class Rebalances
    {
        public IAssignmentListener? Listener { get; set; }

        public void Attach(ConsumerBuilder<byte[], byte[]> builder)
        {
            builder.SetPartitionsAssignedHandler((consumer, partitions) => Assign(consumer, partitions));
            builder.SetPartitionsRevokedHandler((_, offsets) => Listener!.OnRevoked(ToOurs(offsets)));
            builder.SetPartitionsLostHandler((_, offsets) => Listener!.OnLost(ToOurs(offsets)));
        }

        private static IReadOnlyList<TopicPartition> ToOurs(List<TopicPartitionOffset> offsets) => [.. offsets.Select(o => o.TopicPartition.ToOurs())];

        private List<TopicPartitionOffset> Assign(IConsumer<byte[], byte[]> consumer, List<Confluent.Kafka.TopicPartition> partitions)
        {
            var chosen = Listener!.OnAssigned([.. partitions.Select(p => p.ToOurs())]).ToDictionary(o => o.Partition.ToKafka(), o => o.ToKafka());
            var committed = CommittedOrOldest(consumer, [.. partitions.Where(p => !chosen.ContainsKey(p))]);
            return [.. chosen.Values, .. committed];
        }

        private static IEnumerable<TopicPartitionOffset> CommittedOrOldest(IConsumer<byte[], byte[]> consumer, List<Confluent.Kafka.TopicPartition> partitions)
        {
            if (partitions.Count == 0)
                return [];
            try
            {
                return consumer.Committed(partitions, CommittedTimeout).Select(o => o.Offset.IsSpecial ? new TopicPartitionOffset(o.TopicPartition, Offset.Beginning) : o);
            }
            catch (KafkaException)
            {
                // Not known in time, such as while a transaction is about to move them: librdkafka asks again by itself.
                return partitions.Select(p => new TopicPartitionOffset(p, Offset.Unset));
            }
        }
    }
}
