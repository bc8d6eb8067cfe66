namespace Pipeline.Shared.Messaging.InMemory;

/// <summary>One record of a partition.</summary>
internal sealed class MemoryEntry(Record record, MemoryTransaction? transaction)
{
    // What an entry takes beside its bytes, about.
    private const int OverheadBytes = 120;

    public Record Record => record;

    public MemoryTransaction? Transaction => transaction;

    /// <summary>A newer record of the same key has replaced it.</summary>
    public bool IsReplaced { get; set; }

    public bool IsVisible => !IsReplaced && transaction is not { IsAborted: true };

    public long LengthBytes { get; } = OverheadBytes + record.Key.Length + (record.Value?.Length ?? 0) + record.Headers.Sum(h => h.Key.Length + h.Value.Length);
}
