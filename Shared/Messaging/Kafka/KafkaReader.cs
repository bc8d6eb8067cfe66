using Confluent.Kafka;

namespace Pipeline.Shared.Messaging.Kafka;

/// <summary>Reads Kafka outside any group; <see cref="KafkaConsumer"/> adds the group.</summary>
internal class KafkaReader : IRecordReader
{
    private static readonly TimeSpan SeekTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookupTimeout = TimeSpan.FromSeconds(5);

    private readonly KafkaLog _log;
    private readonly Queue<TopicPartitionOffset> _astray = new();
    private string? _trouble;
    private Error? _fatal;
    private bool _isDisposed;

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

    /// <summary>What the owner has paused, and is to stay so.</summary>
    protected HashSet<TopicPartition> Paused { get; } = [];

    public virtual void Assign(IReadOnlyList<PartitionOffset> positions)
    {
        Paused.Clear();
        _astray.Clear();
        Consumer.Assign(positions.Select(p => p.ToKafka()));
    }

    public virtual PollResult Poll(TimeSpan timeout)
    {
        if (Interlocked.Exchange(ref _trouble, null) is { } trouble)
            return new PollResult(PollOutcome.Trouble, Detail: trouble);
        if (_astray.Count > 0)
            return GoToOldest();
        if (_fatal is not null)
            throw Fenced(_fatal);
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
            _astray.Enqueue(exception.ConsumerRecord.TopicPartitionOffset);
            return GoToOldest();
        }
        catch (KafkaException exception) when (exception.Error.IsFatal)
        {
            _fatal = exception.Error;
            throw Fenced(exception.Error, exception);
        }
        catch (KafkaException exception)
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

    public void Pause(IReadOnlyCollection<TopicPartition> partitions)
    {
        Paused.UnionWith(partitions);
        Consumer.Pause(partitions.Select(p => p.ToKafka()));
    }

    public void Resume(IReadOnlyCollection<TopicPartition> partitions)
    {
        Paused.ExceptWith(partitions);
        Consumer.Resume(partitions.Select(p => p.ToKafka()));
    }

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
        if (_isDisposed)
            return;
        _isDisposed = true;
        try
        {
            Consumer.Close();
        }
        catch (KafkaException exception)
        {
            // A member that was fenced cannot leave its group properly any more.
            _log.Events.Handle(exception.Error);
        }
        finally
        {
            Consumer.Dispose();
        }
    }

    // The offset to read is gone, or there never was one: the oldest record is where reading goes on. Tried until it is done, as this error comes only once.
    private PollResult GoToOldest()
    {
        var at = _astray.Peek();
        try
        {
            var start = at.Offset.IsSpecial ? Offset.Beginning : new Offset(_log.QueryRange(Consumer, at.TopicPartition.ToOurs(), LookupTimeout).Start);
            _astray.Dequeue();
            if (!Consumer.Assignment.Contains(at.TopicPartition))
                return PollResult.Nothing;
            BeginAgain(at.TopicPartition, start);
            return at.Offset.IsSpecial ? PollResult.Nothing : Lost(at, start.Value);
        }
        catch (LogUnavailableException exception)
        {
            return new PollResult(PollOutcome.Trouble, Detail: exception.Message);
        }
    }

    // After this error nothing is fetched and a seek is refused; only a fresh assignment begins again, and that forgets the pause.
    private void BeginAgain(Confluent.Kafka.TopicPartition partition, Offset offset)
    {
        Consumer.IncrementalUnassign([partition]);
        Consumer.IncrementalAssign([new TopicPartitionOffset(partition, offset)]);
        if (Paused.Contains(partition.ToOurs()))
            Consumer.Pause([partition]);
    }

    private static PollResult Lost(TopicPartitionOffset at, long start) => at.Offset.Value < start
        ? new PollResult(PollOutcome.OffsetsLost, Partition: at.TopicPartition.ToOurs(), Offset: start, LostFrom: at.Offset.Value)
        : new PollResult(PollOutcome.Trouble, Detail: $"{at.TopicPartition.ToOurs()} has no offset {at.Offset.Value}, it has lost its end: reading begins again at {start}.");

    private static ConsumerFencedException Fenced(Error error, Exception? inner = null) => new($"The consumer can do no more: {error}", inner);

    private void OnError(Error error)
    {
        _log.Events.Handle(error);
        if (error.Code is ErrorCode.Local_AllBrokersDown)
            Volatile.Write(ref _trouble, error.Reason);
    }
}
