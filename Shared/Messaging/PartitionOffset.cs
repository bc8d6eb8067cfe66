namespace Pipeline.Shared.Messaging;

/// <summary>A place in a partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The offset of the next record to read.</param>
public readonly record struct PartitionOffset(TopicPartition Partition, long Offset);
