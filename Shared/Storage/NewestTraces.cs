using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage;

/// <summary>Holds on to the newest of the traces that a search has found so far, by the latest start of a matching span; equal ones go by id.</summary>
internal sealed class NewestTraces(int limit)
{
    private static readonly IComparer<(long Start, TraceId Id)> NewestFirst =
        Comparer<(long Start, TraceId Id)>.Create(static (a, b) => a.Start != b.Start ? b.Start.CompareTo(a.Start) : a.Id.CompareTo(b.Id));

    private readonly Dictionary<TraceId, long> _starts = [];
    private readonly SortedSet<(long Start, TraceId Id)> _newest = new(NewestFirst);

    /// <summary>Their ids, newest first.</summary>
    public IEnumerable<TraceId> Ids => _newest.Select(t => t.Id);

    /// <summary>Adds a trace, or a later start of one that is there.</summary>
    public void Add(TraceId traceId, long start)
    {
        if (_starts.TryGetValue(traceId, out var known))
        {
            if (known >= start)
                return;
            _newest.Remove((known, traceId));
        }

        _starts[traceId] = start;
        _newest.Add((start, traceId));
        if (_newest.Count <= limit)
            return;
        _starts.Remove(_newest.Max.Id);
        _newest.Remove(_newest.Max);
    }

    /// <summary>True when nothing that starts at this time or before can change the list. One as new as the last may still win by its id.</summary>
    public bool IsFinal(long newestPossible) => _newest.Count >= limit && _newest.Max.Start > newestPossible;
}
