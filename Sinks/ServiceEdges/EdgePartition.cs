using Pipeline.Shared.Encoding;
using Pipeline.Shared.Messaging;

namespace Pipeline.Sinks.ServiceEdges;

/// <summary>
/// One edge partition: the totals of its series, and the ends of links that meet here. What came in since the last step is kept apart until the step is committed.
/// Single owner, no locks.
/// </summary>
internal sealed class EdgePartition(int partition, int maxSeries, TimeSpan linkWait, int maxWaitingLinks)
{
    private const string MessagingSystem = "messaging_system";
    private const long HourMs = 3_600_000;
    private const long MaxPastMs = 7 * 24 * HourMs;

    /// <summary>What is counted once there are too many series.</summary>
    public static readonly EdgeKey Overflow = new("overflow", "overflow", "overflow", "overflow");

    private readonly Dictionary<EdgeKey, EdgeTotals> _totals = [];
    private readonly HashSet<EdgeKey> _changed = [];
    private readonly List<(Record Record, string Reason)> _deadLetters = [];
    private readonly LinkJoin _links = new(linkWait, maxWaitingLinks);
    private readonly List<(long HourMs, EdgeKey Key, EdgeCounts Counts)> _joined = [];

    public int Partition => partition;

    /// <summary>Every delta below this offset is in the state.</summary>
    public long Position { get; set; }

    /// <summary>The position of the last committed step.</summary>
    public long CommittedPosition { get; set; }

    /// <summary>Calls that went to the overflow series since this owner began.</summary>
    public double OverflowCalls { get; private set; }

    public int SeriesCount => _totals.Count;

    /// <summary>Records that could not be read since the last step, with the reason.</summary>
    public IReadOnlyList<(Record Record, string Reason)> DeadLetters => _deadLetters;

    public bool HasWork => Position != CommittedPosition || _changed.Count > 0 || _links.Changed.Count > 0 || _joined.Count > 0;

    /// <summary>Totals that changed since the last step.</summary>
    public IEnumerable<EdgeTotals> ChangedTotals => _changed.Select(k => _totals[k]);

    /// <summary>Links whose waiting ends changed since the last step: the record key, and the ends or null.</summary>
    public IEnumerable<KeyValuePair<byte[], EdgeDeltas?>> ChangedLinks => _links.Changed.Select(k => KeyValuePair.Create(Convert.FromHexString(k), _links.EndsOf(k)));

    /// <summary>Calls found by joining links; they belong to series that may live in another partition.</summary>
    public IReadOnlyList<(long HourMs, EdgeKey Key, EdgeCounts Counts)> Joined => _joined;

    public IEnumerable<EdgeTotals> Totals => _totals.Values;

    /// <summary>Puts back what an earlier owner had committed.</summary>
    public void Restore(EdgeTotals totals) => _totals[totals.Key] = totals;

    /// <summary>Puts back ends that wait, or, with null, the knowledge that none do.</summary>
    public void Restore(EdgeDeltas ends, long sinceMs) => _links.Restore(ends, sinceMs);

    /// <summary>Takes a delta in; returns how many consumers' links were given up meanwhile.</summary>
    public int Apply(EdgeDeltas deltas, long nowMs)
    {
        foreach (var (key, counts) in deltas.Series)
            Count(deltas.HourMs, key, counts);
        foreach (var producer in deltas.Producers)
            foreach (var consumer in _links.AddProducer(producer, nowMs))
                Join(producer, consumer, nowMs);
        foreach (var consumer in deltas.Consumers)
            if (_links.AddConsumer(consumer, nowMs) is { } producer)
                Join(producer, consumer, nowMs);
        return _links.Expire(nowMs);
    }

    /// <summary>Takes in a record that cannot be read: it goes to the dead letters with the step.</summary>
    public void Bury(Record record, string reason) => _deadLetters.Add((record, reason));

    public void OnCommitted()
    {
        _deadLetters.Clear();
        CommittedPosition = Position;
        _changed.Clear();
        _joined.Clear();
        _links.OnCommitted();
    }

    // A clock that is far off must not push the real hours out.
    private static long HourOf(long spanMs, long nowMs)
    {
        var timeMs = spanMs >= nowMs - MaxPastMs && spanMs <= nowMs + HourMs ? spanMs : nowMs;
        return timeMs - timeMs % HourMs;
    }

    private void Count(long hourMs, EdgeKey key, EdgeCounts counts)
    {
        if (!_totals.TryGetValue(key, out var totals))
        {
            if (_totals.Count >= maxSeries && key != Overflow)
            {
                OverflowCalls += counts.Calls;
                Count(hourMs, Overflow, counts);
                return;
            }

            _totals[key] = totals = new EdgeTotals(key, new EdgeCounts(), []);
        }

        totals.Add(hourMs, counts);
        _changed.Add(key);
    }

    private void Join(in LinkEnd producer, in LinkEnd consumer, long nowMs)
    {
        var counts = new EdgeCounts
        {
            Calls = consumer.Weight,
            Failed = producer.Failed || consumer.Failed ? consumer.Weight : 0,
            LastSpanTimeMs = (long)(consumer.TimeUnixNano / 1_000_000),
        };
        counts.ClientSeconds.Observe(producer.Seconds, consumer.Weight);
        counts.ServerSeconds.Observe(consumer.Seconds, consumer.Weight);
        counts.MessagingSeconds.Observe(consumer.TimeUnixNano > producer.TimeUnixNano ? (consumer.TimeUnixNano - producer.TimeUnixNano) / 1e9 : 0, consumer.Weight);
        _joined.Add((HourOf(counts.LastSpanTimeMs, nowMs), new EdgeKey(producer.Service, consumer.Service, MessagingSystem, ""), counts));
    }
}
