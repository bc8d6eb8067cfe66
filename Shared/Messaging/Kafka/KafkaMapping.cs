using Confluent.Kafka;

namespace Pipeline.Shared.Messaging.Kafka;

/// <summary>Our types to Confluent's and back.</summary>
internal static class KafkaMapping
{
    public static Confluent.Kafka.TopicPartition ToKafka(this TopicPartition partition) => new(partition.Topic, partition.Partition);

    public static TopicPartitionOffset ToKafka(this PartitionOffset position) => new(position.Partition.ToKafka(), position.Offset switch
    {
        -2 => Offset.Beginning,
        -1 => Offset.End,
        var explicitly => explicitly,
    });

    public static TopicPartition ToOurs(this Confluent.Kafka.TopicPartition partition) => new(partition.Topic, partition.Partition.Value);

    public static Headers? ToKafka(this IReadOnlyList<RecordHeader> headers)
    {
        if (headers.Count == 0)
            return null;
        var mapped = new Headers();
        foreach (var header in headers)
            mapped.Add(header.Key, header.Value);
        return mapped;
    }

    public static Record ToOurs(this ConsumeResult<byte[], byte[]> result) => new(result.TopicPartition.ToOurs(), result.Offset.Value, result.Message.Timestamp.UnixTimestampMs,
        result.Message.Key ?? [], result.Message.Value, result.Message.Headers is { Count: > 0 } headers ? [.. headers.Select(h => new RecordHeader(h.Key, h.GetValueBytes() ?? []))] : []);

    public static AppendFailure ToFailure(this Error error) => error.Code switch
    {
        ErrorCode.NoError => AppendFailure.None,
        ErrorCode.Local_QueueFull => AppendFailure.QueueFull,
        ErrorCode.MsgSizeTooLarge => AppendFailure.TooLarge,
        _ when error.IsFatal => AppendFailure.Fatal,
        ErrorCode.TopicAuthorizationFailed or ErrorCode.ClusterAuthorizationFailed or ErrorCode.Local_Fatal => AppendFailure.Fatal,
        _ => AppendFailure.Unavailable,
    };
}
