using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage;

/// <summary>Whether a span is one that a <see cref="TraceQuery"/> looks for: the exact answer, to which a store's index only gives candidates.</summary>
public sealed class SpanMatch
{
    private readonly TraceQuery _query;
    private readonly long _startMin;
    private readonly long _startMax;
    private readonly long _durationMin;
    private readonly long _durationMax;

    /// <summary>Prepares the conditions of a query.</summary>
    public SpanMatch(TraceQuery query)
    {
        _query = query;
        _startMin = UnixTime.ToUnixNano(query.StartMin);
        _startMax = UnixTime.ToUnixNano(query.StartMax);
        _durationMin = query.DurationMin is { } min ? UnixTime.ToNano(min) : 0;
        _durationMax = query.DurationMax is { } max ? UnixTime.ToNano(max) : long.MaxValue;
    }

    /// <summary>True when every condition applies to the span.</summary>
    public bool Matches(Span span)
    {
        var start = UnixTime.Clamp(span.StartTimeUnixNano);
        var duration = UnixTime.Clamp(span.DurationNano);
        return start >= _startMin && start <= _startMax
            && duration >= _durationMin && duration <= _durationMax
            && (_query.Operation is null || _query.Operation == span.Name)
            && (_query.Service is null || _query.Service == span.Resource.ServiceName)
            && HasTags(span);
    }

    /// <summary>The latest start of a matching span in nanoseconds since the Unix epoch, by which results are ordered; null where none matches.</summary>
    public long? LatestStart(IReadOnlyList<Span> spans)
    {
        long? latest = null;
        foreach (var span in spans)
            if (UnixTime.Clamp(span.StartTimeUnixNano) is var start && !(start <= latest) && Matches(span))
                latest = start;
        return latest;
    }

    private bool HasTags(Span span)
    {
        foreach (var (key, value) in _query.Tags)
        {
            var isAbsence = key == SpanTags.Error && value == "false";
            if (isAbsence == SpanTags.Has(span, key, isAbsence ? "true" : value))
                return false;
        }

        return true;
    }
}
