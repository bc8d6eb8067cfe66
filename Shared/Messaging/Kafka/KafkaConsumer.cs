using System.Runtime.ExceptionServices;
using Confluent.Kafka;

namespace Pipeline.Shared.Messaging.Kafka;

/// <summary>A member of a Kafka consumer group; rebalances are cooperative, handlers run on the polling thread.</summary>
internal sealed class KafkaConsumer : KafkaReader, IRecordConsumer
{
    private static readonly TimeSpan CommittedTimeout = TimeSpan.FromSeconds(5);

    private readonly Rebalances _rebalances;
    private PollResult? _held;

    public KafkaConsumer(KafkaLog log, ConsumerConfig config) : this(log, config, new Rebalances())
    {
    }

    private KafkaConsumer(KafkaLog log, ConsumerConfig config, Rebalances rebalances) : base(log, config, rebalances.Attach)
    {
        _rebalances = rebalances;
        _rebalances.Moved = Paused.ExceptWith;
    }

    public IReadOnlyCollection<TopicPartition> Assignment => [.. Consumer.Assignment.Select(p => p.ToOurs())];

    public GroupMembership Membership => new KafkaMembership(Consumer.ConsumerGroupMetadata);

    public override void Assign(IReadOnlyList<PartitionOffset> positions) => throw new InvalidOperationException("A member of a group does not choose its partitions.");

    public void Subscribe(IReadOnlyList<string> topics, IAssignmentListener listener)
    {
        _rebalances.Listener = listener;
        Consumer.Subscribe(topics);
    }

    public override PollResult Poll(TimeSpan timeout)
    {
        if (_held is { } held)
        {
            _held = null;
            return held;
        }

        var result = base.Poll(timeout);
        if (_rebalances.TakeThrown() is { } thrown)
        {
            // What the same poll brought must not be lost with it.
            _held = result;
            thrown.Throw();
        }

        return result;
    }

    public override void Dispose()
    {
        base.Dispose();
        _rebalances.TakeThrown()?.Throw();
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
        private ExceptionDispatchInfo? _thrown;

        public IAssignmentListener? Listener { get; set; }

        /// <summary>Is told of all partitions that come or go.</summary>
        public Action<IEnumerable<TopicPartition>> Moved { get; set; } = _ => { };

        /// <summary>What the listener has thrown, once. The client must not see it: it would leave the rebalance half done.</summary>
        public ExceptionDispatchInfo? TakeThrown() => Interlocked.Exchange(ref _thrown, null);

        public void Attach(ConsumerBuilder<byte[], byte[]> builder)
        {
            builder.SetPartitionsAssignedHandler((consumer, partitions) => Assign(consumer, partitions));
            builder.SetPartitionsRevokedHandler((_, offsets) => Tell(ToOurs(offsets), Listener!.OnRevoked));
            builder.SetPartitionsLostHandler((_, offsets) => Tell(ToOurs(offsets), Listener!.OnLost));
        }

        private static IReadOnlyList<TopicPartition> ToOurs(List<TopicPartitionOffset> offsets) => [.. offsets.Select(o => o.TopicPartition.ToOurs())];

        private List<TopicPartitionOffset> Assign(IConsumer<byte[], byte[]> consumer, List<Confluent.Kafka.TopicPartition> partitions)
        {
            IReadOnlyList<PartitionOffset> positions = [];
            Tell([.. partitions.Select(p => p.ToOurs())], assigned => positions = Listener!.OnAssigned(assigned));
            var chosen = positions.Select(o => o.ToKafka()).Where(o => partitions.Contains(o.TopicPartition)).ToDictionary(o => o.TopicPartition);
            var committed = CommittedOrOldest(consumer, [.. partitions.Where(p => !chosen.ContainsKey(p))]);
            return [.. chosen.Values, .. committed];
        }

        private void Tell(IReadOnlyList<TopicPartition> partitions, Action<IReadOnlyList<TopicPartition>> listener)
        {
            try
            {
                listener(partitions);
            }
            catch (Exception exception)
            {
                _thrown ??= ExceptionDispatchInfo.Capture(exception);
            }

            Moved(partitions);
        }

        // As a number: "the beginning" is looked up behind the scenes, and what the look-up finds would undo a seek that came before its answer.
        private static TopicPartitionOffset Oldest(IConsumer<byte[], byte[]> consumer, Confluent.Kafka.TopicPartition partition) =>
            new(partition, consumer.QueryWatermarkOffsets(partition, CommittedTimeout).Low);

        private static IEnumerable<TopicPartitionOffset> CommittedOrOldest(IConsumer<byte[], byte[]> consumer, List<Confluent.Kafka.TopicPartition> partitions)
        {
            if (partitions.Count == 0)
                return [];
            try
            {
                return [.. consumer.Committed(partitions, CommittedTimeout).Select(o => o.Offset.IsSpecial ? Oldest(consumer, o.TopicPartition) : o)];
            }
            catch (KafkaException)
            {
                // Not known in time, such as while a transaction is about to move them: librdkafka asks again by itself.
                return partitions.Select(p => new TopicPartitionOffset(p, Offset.Unset));
            }
        }
    }
}
