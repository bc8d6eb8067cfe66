using Confluent.Kafka;

namespace Pipeline.Shared.Messaging.Kafka;

/// <summary>Reads Kafka outside any group; <see cref="KafkaConsumer"/> adds the group.</summary>
internal class KafkaReader : IRecordReader
{
    private static readonly TimeSpan SeekTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookupTimeout = TimeSpan.FromSeconds(5);

    private readonly KafkaLog _log;
    private string? _trouble;

    public KafkaReader(KafkaLog log, ConsumerConfig config, Action<ConsumerBuilder<byte[], byte[]>>? configure = null)
    {
        _log = log;
        var builder = new ConsumerBuilder<byte[], byte[]>(config)
            .SetLogHandler((_, message) => log.Events.Handle(message))
            .SetErrorHandler((_, error) => OnError(error));
        configure?.Invoke(builder);
        Consumer = builder.Build();
    }

    protected IConsumer<byte[], byte[]> Consumer { get; }

    public virtual void Assign(IReadOnlyList<PartitionOffset> positions) => Consumer.Assign(positions.Select(p => p.ToKafka()));

    public virtual PollResult Poll(TimeSpan timeout)
    {
        if (Interlocked.Exchange(ref _trouble, null) is { } trouble)
            return new PollResult(PollOutcome.Trouble, Detail: trouble);
        try
        {
            var result = Consumer.Consume(timeout);
            if (result is null)
                return PollResult.Nothing;
            return result.IsPartitionEOF
                ? new PollResult(PollOutcome.EndOfPartition, Partition: result.TopicPartition.ToOurs(), Offset: result.Offset.Value)
                : new PollResult(PollOutcome.Record, result.ToOurs());
        }
        catch (ConsumeException exception) when (exception.Error.Code == ErrorCode.Local_AutoOffsetReset)
        {
            return GoToOldest(exception.ConsumerRecord);
        }
        catch (ConsumeException exception) when (!exception.Error.IsFatal)
        {
            return new PollResult(PollOutcome.Trouble, Detail: exception.Error.ToString());
        }
    }

    public void Seek(PartitionOffset position)
    {
        var begin = _log.Time.GetTimestamp();
        while (true)
        {
            try
            {
                Consumer.Seek(position.ToKafka());
                return;
            }
            catch (KafkaException exception) when (exception.Error.Code is ErrorCode.Local_State or ErrorCode.Local_PrevInProgress or ErrorCode.Local_InProgress or ErrorCode.Local_TimedOut
                && _log.Time.GetElapsedTime(begin) < SeekTimeout)
            {
                // A fresh assignment takes a moment to begin fetching, and cannot be moved before.
                _log.Rest();
            }
            catch (KafkaException exception)
            {
                throw new LogUnavailableException($"{position.Partition} could not be moved to offset {position.Offset}: {exception.Error}", exception);
            }
        }
    }

    public void Pause(IReadOnlyCollection<TopicPartition> partitions) => Consumer.Pause(partitions.Select(p => p.ToKafka()));

    public void Resume(IReadOnlyCollection<TopicPartition> partitions) => Consumer.Resume(partitions.Select(p => p.ToKafka()));

    public long Position(TopicPartition partition)
    {
        var position = Consumer.Position(partition.ToKafka());
        return position == Offset.Unset ? -1 : position.Value;
    }

    public LogRange QueryRange(TopicPartition partition, TimeSpan timeout) => _log.QueryRange(Consumer, partition, timeout);

    public long OffsetForTime(TopicPartition partition, long timestampMs, TimeSpan timeout)
    {
        var timestamp = new Timestamp(Math.Max(0, timestampMs), TimestampType.CreateTime);
        var found = KafkaLog.Ask(partition, () => Consumer.OffsetsForTimes([new TopicPartitionTimestamp(partition.ToKafka(), timestamp)], timeout))[0].Offset;
        return found.IsSpecial ? QueryRange(partition, timeout).CommittedEnd : found.Value;
    }

    public virtual void Dispose()
    {
        Consumer.Close();
        Consumer.Dispose();
    }

    // The offset to read is gone, or there never was one: the oldest record is where reading goes on.
    private PollResult GoToOldest(ConsumeResult<byte[], byte[]> at)
    {
        var partition = at.TopicPartition.ToOurs();
        var start = _log.QueryRange(Consumer, partition, LookupTimeout).Start;
        // After this error nothing is fetched and a seek is refused; only a fresh assignment begins again.
        Consumer.IncrementalUnassign([at.TopicPartition]);
        Consumer.IncrementalAssign([new TopicPartitionOffset(at.TopicPartition, start)]);
        return at.Offset.IsSpecial || at.Offset.Value >= start
            ? PollResult.Nothing
            : new PollResult(PollOutcome.OffsetsLost, Partition: partition, Offset: start, LostFrom: at.Offset.Value);
    }

    private void OnError(Error error)
    {
        _log.Events.Handle(error);
        if (error.Code is ErrorCode.Local_AllBrokersDown)
            Volatile.Write(ref _trouble, error.Reason);
    }
}
