namespace Pipeline.Shared.Messaging;

/// <summary>What became of one appended record.</summary>
/// <param name="Partition">The partition it was meant for.</param>
/// <param name="Offset">Its offset; −1 when it was not taken, or when the log does not tell.</param>
/// <param name="Failure">Why it was not taken, or <see cref="AppendFailure.None"/>.</param>
/// <param name="Detail">The log's own words on a failure; null on success.</param>
public readonly record struct AppendResult(TopicPartition Partition, long Offset, AppendFailure Failure, string? Detail)
{
    /// <summary>True when the record is in the log.</summary>
    public bool Succeeded => Failure == AppendFailure.None;
}
