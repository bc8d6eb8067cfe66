using Pipeline.Shared.Encoding;

namespace Pipeline.Sinks.ServiceEdges;

/// <summary>
/// Ends of links that wait for their other end: a producer may be met by several consumers, and by some that come before it. Bounded in time and number.
/// Single owner, no locks.
/// </summary>
internal sealed class LinkJoin(TimeSpan wait, int capacity)
{
    // What waits under one key is one record.
    private const int MaxConsumersPerKey = 1000;

    private readonly Dictionary<string, Waiting> _byKey = [];
    private readonly Queue<(string Key, long SinceMs)> _byAge = new();
    private readonly HashSet<string> _changed = [];
    private readonly long _waitMs = (long)wait.TotalMilliseconds;
    private int _refusedCount;

    /// <summary>Keys whose waiting ends have changed since the last <see cref="OnCommitted"/>; a key without ends any more has none in <see cref="EndsOf"/>.</summary>
    public IReadOnlyCollection<string> Changed => _changed;

    /// <summary>Takes a producer in; returns the consumers that have waited for it.</summary>
    public IReadOnlyList<LinkEnd> AddProducer(in LinkEnd producer, long nowMs)
    {
        var waiting = Open(producer, nowMs);
        waiting.Producer = producer;
        var met = waiting.Consumers.ToList();
        waiting.Consumers.Clear();
        return met;
    }

    /// <summary>Takes a consumer in; returns the producer where it is known already.</summary>
    public LinkEnd? AddConsumer(in LinkEnd consumer, long nowMs)
    {
        var waiting = Open(consumer, nowMs);
        if (waiting.Producer is null && waiting.Consumers.Count < MaxConsumersPerKey)
            waiting.Consumers.Add(consumer);
        else if (waiting.Producer is null)
            _refusedCount++;
        return waiting.Producer;
    }

    /// <summary>Puts ends back that an earlier owner had committed.</summary>
    public void Restore(EdgeDeltas ends, long sinceMs)
    {
        foreach (var producer in ends.Producers)
            AddProducer(producer, sinceMs);
        foreach (var consumer in ends.Consumers)
            AddConsumer(consumer, sinceMs);
        _changed.Clear();
    }

    /// <summary>Gives up what has waited too long, or has no room; returns the consumers among it, whose calls will not be counted.</summary>
    public int Expire(long nowMs)
    {
        var givenUp = _refusedCount;
        _refusedCount = 0;
        while (_byAge.TryPeek(out var oldest) && (oldest.SinceMs + _waitMs < nowMs || _byKey.Count > capacity))
        {
            _byAge.Dequeue();
            if (!_byKey.TryGetValue(oldest.Key, out var waiting) || waiting.SinceMs != oldest.SinceMs)
                continue;
            givenUp += waiting.Consumers.Count;
            _byKey.Remove(oldest.Key);
            _changed.Add(oldest.Key);
        }

        return givenUp;
    }

    /// <summary>What waits under a key, as it is kept in <c>tracing.edge-state</c>; null when nothing does.</summary>
    public EdgeDeltas? EndsOf(string key) => _byKey.TryGetValue(key, out var waiting)
        ? new EdgeDeltas(0, []) { Producers = waiting.Producer is { } producer ? [producer] : [], Consumers = [.. waiting.Consumers] }
        : null;

    public void OnCommitted() => _changed.Clear();

    private Waiting Open(in LinkEnd end, long nowMs)
    {
        var key = Convert.ToHexString(end.ToRecordKey());
        _changed.Add(key);
        if (_byKey.TryGetValue(key, out var waiting))
            return waiting;
        _byAge.Enqueue((key, nowMs));
        return _byKey[key] = new Waiting(nowMs);
    }

    private sealed class Waiting(long sinceMs)
    {
        public long SinceMs => sinceMs;

        public LinkEnd? Producer { get; set; }

        public List<LinkEnd> Consumers { get; } = [];
    }
}
