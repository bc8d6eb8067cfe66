namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>Which node to ask next: round robin, leaving out those that failed a while ago. Safe for many callers.</summary>
internal sealed class NodePool(IReadOnlyList<Uri> nodes, TimeSpan ejectionTime, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly DateTimeOffset[] _ejectedUntil = new DateTimeOffset[nodes.Count];
    private int _next;

    public int Count => nodes.Count;

    /// <summary>The next node that is not left out; where all are, the one that comes back first.</summary>
    public Uri Next()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var best = _next;
            for (var i = 0; i < nodes.Count; i++)
            {
                var candidate = (_next + i) % nodes.Count;
                if (_ejectedUntil[candidate] <= now)
                {
                    best = candidate;
                    break;
                }

                if (_ejectedUntil[candidate] < _ejectedUntil[best])
                    best = candidate;
            }

            _next = (best + 1) % nodes.Count;
            return nodes[best];
        }
    }

    /// <summary>Leaves a node out for a while.</summary>
    public void Eject(Uri node)
    {
        lock (_gate)
            _ejectedUntil[IndexOf(node)] = time.GetUtcNow() + ejectionTime;
    }

    /// <summary>Takes a node in again.</summary>
    public void Restore(Uri node)
    {
        lock (_gate)
            _ejectedUntil[IndexOf(node)] = default;
    }

    private int IndexOf(Uri node)
    {
        for (var i = 0; i < nodes.Count; i++)
            if (nodes[i] == node)
                return i;
        throw new ArgumentException($"{node} is not one of the nodes.", nameof(node));
    }
}
