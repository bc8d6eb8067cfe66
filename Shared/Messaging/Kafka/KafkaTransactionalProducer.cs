using Confluent.Kafka;

namespace Pipeline.Shared.Messaging.Kafka;

/// <summary>
/// Transactions on Kafka (KIP-98, KIP-447), errors classed as librdkafka's INTRODUCTION.md, "Transactional producer", says. A call that does not succeed by its
/// deadline counts as fatal: librdkafka has calls that never come back to a good state (its issue 5511).
/// </summary>
internal sealed class KafkaTransactionalProducer(IProducer<byte[], byte[]> producer, KafkaEvents events, TimeProvider time) : ITransactionalProducer
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LastAbortTimeout = TimeSpan.FromSeconds(2);

    private bool _isOpen;
    private bool _isDisposed;

    public void Initialize() => Run("InitTransactions", () => producer.InitTransactions(CallTimeout));

    public void Begin()
    {
        Run("BeginTransaction", producer.BeginTransaction);
        _isOpen = true;
    }

    public void Append(TopicPartition partition, byte[] key, byte[]? value, IReadOnlyList<RecordHeader> headers)
    {
        var message = new Message<byte[], byte[]> { Key = key, Value = value!, Headers = headers.ToKafka() };
        var begin = time.GetTimestamp();
        while (true)
        {
            try
            {
                producer.Produce(partition.ToKafka(), message);
                return;
            }
            catch (ProduceException<byte[], byte[]> exception) when (exception.Error.Code == ErrorCode.Local_QueueFull && time.GetElapsedTime(begin) < Deadline)
            {
                producer.Poll(TimeSpan.FromMilliseconds(100));
            }
            catch (ProduceException<byte[], byte[]> exception) when (!exception.Error.IsFatal)
            {
                throw AbortBecause($"{partition}: {exception.Error}", exception);
            }
            catch (KafkaException exception)
            {
                throw Fatal("Produce", exception);
            }
        }
    }

    public void SendOffsets(IReadOnlyList<PartitionOffset> offsets, GroupMembership membership)
    {
        if (offsets.Count > 0)
            Run("SendOffsetsToTransaction", () => producer.SendOffsetsToTransaction(offsets.Select(o => o.ToKafka()), ((KafkaMembership)membership).Metadata, CallTimeout));
    }

    public void Commit()
    {
        Run("CommitTransaction", () => producer.CommitTransaction(CallTimeout));
        _isOpen = false;
    }

    public void Abort()
    {
        _isOpen = false;
        Run("AbortTransaction", () => producer.AbortTransaction(CallTimeout));
    }

    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        try
        {
            // Readers need not wait for the transaction timeout.
            if (_isOpen)
                producer.AbortTransaction(LastAbortTimeout);
        }
        catch (KafkaException exception)
        {
            events.Handle(exception.Error);
        }
        finally
        {
            producer.Dispose();
        }
    }

    // Retriable errors, and time-outs, are resumed by calling again.
    private void Run(string call, Action action)
    {
        var begin = time.GetTimestamp();
        while (true)
        {
            try
            {
                action();
                return;
            }
            catch (KafkaTxnRequiresAbortException exception) when (call != "AbortTransaction")
            {
                throw AbortBecause($"{call}: {exception.Error}", exception);
            }
            catch (KafkaRetriableException exception) when (time.GetElapsedTime(begin) < Deadline)
            {
                // A rest between tries, and the delivery reports of what is in flight.
                producer.Poll(exception.Error.Code == ErrorCode.Local_TimedOut ? TimeSpan.Zero : TimeSpan.FromMilliseconds(50));
            }
            catch (KafkaException exception)
            {
                throw Fatal(call, exception);
            }
        }
    }

    private TransactionAbortedException AbortBecause(string why, Exception inner)
    {
        Abort();
        return new TransactionAbortedException(why, inner);
    }

    private ProducerFencedException Fatal(string call, KafkaException exception)
    {
        _isOpen = false;
        return new ProducerFencedException($"{call}: {exception.Error.Code} ({exception.Error.Reason})", exception);
    }
}
