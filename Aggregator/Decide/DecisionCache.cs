using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;

namespace Pipeline.Aggregator.Decide;

/// <summary>
/// The decisions of one partition that late spans still follow: each until the late horizon after the trace's last span, and at most so many.
/// Single owner, no locks.
/// </summary>
internal sealed class DecisionCache(TimeSpan lateHorizon, int capacity)
{
    private readonly Dictionary<TraceId, LoggedDecision> _decisions = [];
    private readonly PriorityQueue<TraceId, long> _byExpiry = new();
    private readonly long _horizonMs = (long)lateHorizon.TotalMilliseconds;

    /// <summary>How many decisions are remembered.</summary>
    public int Count => _decisions.Count;

    /// <summary>How many were forgotten before their time, for lack of room.</summary>
    public long ForgottenEarlyCount { get; private set; }

    public bool TryGet(TraceId traceId, out LoggedDecision decision) => _decisions.TryGetValue(traceId, out decision);

    /// <summary>Remembers a decision, or that its trace had another span.</summary>
    public void Remember(in LoggedDecision decision)
    {
        if (!_decisions.ContainsKey(decision.TraceId))
            _byExpiry.Enqueue(decision.TraceId, decision.LastSpanTimeMs + _horizonMs);
        _decisions[decision.TraceId] = decision;
        while (_decisions.Count > capacity)
            ForgetOldest();
    }

    /// <summary>Forgets what is past its horizon at this stream time.</summary>
    public void Expire(long streamTimeMs)
    {
        while (_byExpiry.TryPeek(out var traceId, out var due) && due < streamTimeMs)
        {
            _byExpiry.Dequeue();
            // A late span may have moved the horizon since this entry was made.
            var expiry = _decisions[traceId].LastSpanTimeMs + _horizonMs;
            if (expiry < streamTimeMs)
                _decisions.Remove(traceId);
            else
                _byExpiry.Enqueue(traceId, expiry);
        }
    }

    private void ForgetOldest()
    {
        _decisions.Remove(_byExpiry.Dequeue());
        ForgottenEarlyCount++;
    }
}
