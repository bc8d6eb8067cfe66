namespace Pipeline.Shared.Messaging;

/// <summary>What a poll brought.</summary>
/// <param name="Outcome">Which of the members below are set.</param>
/// <param name="Record">The record, for <see cref="PollOutcome.Record"/>.</param>
/// <param name="Partition">The partition, for <see cref="PollOutcome.EndOfPartition"/> and <see cref="PollOutcome.OffsetsLost"/>.</param>
/// <param name="Offset">Where reading stands in that partition; for <see cref="PollOutcome.OffsetsLost"/> the first offset that is left.</param>
/// <param name="LostFrom">For <see cref="PollOutcome.OffsetsLost"/>, the first offset that is gone.</param>
/// <param name="Detail">For <see cref="PollOutcome.Trouble"/>, the log's own words.</param>
public readonly record struct PollResult(PollOutcome Outcome, Record? Record = null, TopicPartition Partition = default, long Offset = -1, long LostFrom = -1, string? Detail = null)
{
    /// <summary>Nothing came.</summary>
    public static PollResult Nothing => default;
}
