using System.Diagnostics.CodeAnalysis;

namespace Pipeline.Aggregator.Assemble;

/// <summary>
/// Undecided traces in the order in which they fall due. An entry is out of date when its trace has been decided or has another due time by then, and is passed over.
/// Single owner, no locks.
/// </summary>
internal sealed class DecisionWaitQueue
{
    private readonly PriorityQueue<PendingTrace, long> _queue = new();

    /// <summary>Enters a trace under its present due time; to be called again whenever that becomes earlier.</summary>
    public void Enter(PendingTrace trace) => _queue.Enqueue(trace, trace.DueMs);

    /// <summary>Takes out the next trace that is due before or at this stream time.</summary>
    public bool TryTakeDue(long streamTimeMs, Func<PendingTrace, bool> isPending, [NotNullWhen(true)] out PendingTrace? trace)
    {
        while (_queue.TryPeek(out trace, out var due) && due <= streamTimeMs)
        {
            _queue.Dequeue();
            if (trace.DueMs == due && isPending(trace))
                return true;
        }

        trace = null;
        return false;
    }
}
