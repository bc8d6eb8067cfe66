using Confluent.Kafka;

namespace Pipeline.Shared.Messaging.Kafka;

/// <summary>Appends to Kafka: idempotent, acknowledged by all in-sync replicas.</summary>
internal sealed class KafkaProducer(IProducer<byte[], byte[]> producer) : IRecordProducer
{
    public AppendFailure Append(TopicPartition partition, byte[] key, byte[]? value, IReadOnlyList<RecordHeader> headers, IAppendObserver observer)
    {
        try
        {
            producer.Produce(partition.ToKafka(), new Message<byte[], byte[]> { Key = key, Value = value!, Headers = headers.ToKafka() },
                report => observer.OnAppended(new AppendResult(partition, report.Error.IsError ? -1 : report.Offset.Value, report.Error.ToFailure(),
                    report.Error.IsError ? report.Error.ToString() : null)));
            return AppendFailure.None;
        }
        catch (ProduceException<byte[], byte[]> exception)
        {
            return exception.Error.ToFailure();
        }
        catch (KafkaException exception)
        {
            return exception.Error.ToFailure();
        }
    }

    public int Flush(TimeSpan timeout) => producer.Flush(timeout);

    public void Dispose() => producer.Dispose();
}
