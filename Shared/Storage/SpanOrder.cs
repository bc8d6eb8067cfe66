using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage;

/// <summary>The order of spans within a trace: by start, then by span id; client before server where both are the same.</summary>
internal sealed class SpanOrder : IComparer<Span>
{
    public static SpanOrder Instance { get; } = new();

    public int Compare(Span? x, Span? y)
    {
        if (x is null || y is null)
            return Comparer<bool>.Default.Compare(x is not null, y is not null);
        var order = x.StartTimeUnixNano.CompareTo(y.StartTimeUnixNano);
        if (order == 0)
            order = x.SpanId.CompareTo(y.SpanId);
        return order != 0 ? order : y.Kind.CompareTo(x.Kind);
    }
}
