using Pipeline.Shared.Encoding;

namespace Pipeline.Aggregator.Assemble;

/// <summary>Where the owner of a partition begins: what the previous owner committed.</summary>
/// <param name="Position">Every input below this offset was in the previous owner's state when it last committed.</param>
/// <param name="Watermark">Where replay begins: nothing below this offset belongs to an undecided trace.</param>
/// <param name="StreamTimeMs">Stream time then.</param>
/// <param name="Ledger">The totals then.</param>
/// <param name="Decisions">The decisions within the late horizon, oldest first; a trace may come more than once, the last one counts.</param>
internal sealed record ShardStart(long Position, long Watermark, long StreamTimeMs, IReadOnlyDictionary<string, long> Ledger, IReadOnlyList<LoggedDecision> Decisions)
{
    /// <summary>A partition that nobody has read yet.</summary>
    public static ShardStart At(long offset) => new(offset, offset, 0, new Dictionary<string, long>(), []);
}
