using Pipeline.Shared.Encoding;
using Pipeline.Shared.Messaging;

namespace Pipeline.Sinks.Store;

/// <summary>Records of <c>tracing.traces</c> on their way to the store, and up to which offset of each partition they reach.</summary>
internal sealed class TraceBatch
{
    private readonly Dictionary<TopicPartition, long> _ends = [];

    /// <summary>The pieces to store.</summary>
    public List<KeptTrace> Traces { get; } = [];

    /// <summary>Records that cannot be read, with the reason.</summary>
    public List<(Record Record, string Reason)> Unreadable { get; } = [];

    public int SpanCount { get; private set; }

    public long LengthBytes { get; private set; }

    public bool IsEmpty => _ends.Count == 0;

    /// <summary>Offsets to commit once everything in the batch has a final verdict.</summary>
    public IReadOnlyList<PartitionOffset> Ends => [.. _ends.Select(e => new PartitionOffset(e.Key, e.Value))];

    public void Add(Record record, KeptTrace trace)
    {
        Traces.Add(trace);
        SpanCount += trace.Spans.Count;
        Reach(record);
    }

    public void AddUnreadable(Record record, string reason)
    {
        Unreadable.Add((record, reason));
        Reach(record);
    }

    private void Reach(Record record)
    {
        LengthBytes += record.Value?.Length ?? 0;
        _ends[record.Partition] = record.Offset + 1;
    }
}
