namespace Pipeline.Aggregator.Assemble;

/// <summary>
/// Where the spans of one partition went, as running totals that ride in the step records: consumed = kept + dropped + duplicate + in flight, at every step.
/// Single owner, no locks.
/// </summary>
internal sealed class ShardLedger
{
    private const string ConsumedTerm = "consumed";
    private const string KeptTerm = "kept";
    private const string DroppedTerm = "dropped";
    private const string DuplicateTerm = "duplicate";
    private const string LateKeptTerm = "late_kept";
    private const string LateDroppedTerm = "late_dropped";
    private const string DeadRecordsTerm = "dead_lettered_records";
    private const string LostRecordsTerm = "lost_offsets";

    /// <summary>Spans taken from the log, each counted once however often it is replayed.</summary>
    public long Consumed { get; set; }

    /// <summary>Spans emitted, late ones included.</summary>
    public long Kept { get; set; }

    /// <summary>Spans of dropped traces, late ones included.</summary>
    public long Dropped { get; set; }

    /// <summary>Exact duplicates within an undecided trace.</summary>
    public long Duplicate { get; set; }

    /// <summary>Those of <see cref="Kept"/> that came after the decision.</summary>
    public long LateKept { get; set; }

    /// <summary>Those of <see cref="Dropped"/> that came after the decision.</summary>
    public long LateDropped { get; set; }

    /// <summary>Records that could not be read.</summary>
    public long DeadLetteredRecords { get; set; }

    /// <summary>Offsets that retention took away before they were read.</summary>
    public long LostOffsets { get; set; }

    public static ShardLedger From(IReadOnlyDictionary<string, long> totals) => new()
    {
        Consumed = totals.GetValueOrDefault(ConsumedTerm),
        Kept = totals.GetValueOrDefault(KeptTerm),
        Dropped = totals.GetValueOrDefault(DroppedTerm),
        Duplicate = totals.GetValueOrDefault(DuplicateTerm),
        LateKept = totals.GetValueOrDefault(LateKeptTerm),
        LateDropped = totals.GetValueOrDefault(LateDroppedTerm),
        DeadLetteredRecords = totals.GetValueOrDefault(DeadRecordsTerm),
        LostOffsets = totals.GetValueOrDefault(LostRecordsTerm),
    };

    public Dictionary<string, long> ToTotals() => new()
    {
        [ConsumedTerm] = Consumed,
        [KeptTerm] = Kept,
        [DroppedTerm] = Dropped,
        [DuplicateTerm] = Duplicate,
        [LateKeptTerm] = LateKept,
        [LateDroppedTerm] = LateDropped,
        [DeadRecordsTerm] = DeadLetteredRecords,
        [LostRecordsTerm] = LostOffsets,
    };
}
