using Pipeline.Shared.Encoding;
using Pipeline.Shared.Messaging;

namespace Pipeline.Aggregator.Emit.ServiceEdges;

/// <summary>Sums the service edges of the traces that a step decides. Single owner, no locks.</summary>
internal sealed class EdgeAccumulator
{
    private readonly Dictionary<(long HourMs, EdgeKey Key), EdgeCounts> _series = [];
    private readonly List<LinkEnd> _producers = [];
    private readonly List<LinkEnd> _consumers = [];

    public bool IsEmpty => _series.Count == 0 && _producers.Count == 0 && _consumers.Count == 0;

    /// <summary>Spans that made no edge because their attributes or links could not be read.</summary>
    public long UnreadableSpanCount { get; set; }

    /// <summary>The counts of a series in the hour that begins at <paramref name="hourMs"/>, to be added to.</summary>
    public EdgeCounts Of(long hourMs, EdgeKey key)
    {
        if (!_series.TryGetValue((hourMs, key), out var counts))
            _series[(hourMs, key)] = counts = new EdgeCounts();
        return counts;
    }

    public void AddProducer(in LinkEnd end) => _producers.Add(end);

    public void AddConsumer(in LinkEnd end) => _consumers.Add(end);

    public void AddAll(EdgeAccumulator other)
    {
        foreach (var ((hour, key), counts) in other._series)
            Of(hour, key).Add(counts);
        UnreadableSpanCount += other.UnreadableSpanCount;
        _producers.AddRange(other._producers);
        _consumers.AddRange(other._consumers);
    }

    /// <summary>The deltas by edge partition: series go where their key says, ends of links where the linked span's ids say.</summary>
    public IEnumerable<KeyValuePair<int, EdgeDeltas>> Partition(int edgePartitionCount)
    {
        foreach (var group in _series.GroupBy(s => (s.Key.HourMs, Partition: Murmur2Partitioner.PartitionOf(s.Key.Key.ToRecordKey(), edgePartitionCount))))
            yield return new(group.Key.Partition, new EdgeDeltas(group.Key.HourMs, [.. group.Select(s => KeyValuePair.Create(s.Key.Key, s.Value))]));
        var producers = _producers.ToLookup(e => Murmur2Partitioner.PartitionOf(e.ToRecordKey(), edgePartitionCount));
        var consumers = _consumers.ToLookup(e => Murmur2Partitioner.PartitionOf(e.ToRecordKey(), edgePartitionCount));
        for (var partition = 0; partition < edgePartitionCount; partition++)
            if (producers.Contains(partition) || consumers.Contains(partition))
                yield return new(partition, new EdgeDeltas(0, []) { Producers = [.. producers[partition]], Consumers = [.. consumers[partition]] });
    }

    public void Clear()
    {
        UnreadableSpanCount = 0;
        _series.Clear();
        _producers.Clear();
        _consumers.Clear();
    }
}
