namespace Pipeline.Shared.Messaging;

/// <summary>A record as it was read from the log.</summary>
/// <param name="Partition">Where it lies.</param>
/// <param name="Offset">Its offset there.</param>
/// <param name="TimestampMs">Milliseconds since the Unix epoch: the log's append time where the topic says so, else the producer's.</param>
/// <param name="Key">The key; empty when there is none.</param>
/// <param name="Value">The bytes; null for a tombstone of a compacted topic.</param>
/// <param name="Headers">Its headers, in order.</param>
public sealed record Record(TopicPartition Partition, long Offset, long TimestampMs, byte[] Key, byte[]? Value, IReadOnlyList<RecordHeader> Headers);
