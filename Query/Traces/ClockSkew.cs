using Pipeline.Query.Search;
using Pipeline.Shared.Model;

namespace Pipeline.Query.Traces;

/// <summary>
/// Clocks of different hosts differ, so that a child may seem to start before its parent. Where parent and child are on different hosts, the child and what is below it on
/// the same host is shifted (Jaeger's rule, adjuster/clockskew.go): one that lasts longer than its parent only so far that it does not start earlier; one that fits
/// into it not at all; any other into the middle, as if request and response had travelled equally long. A consumer of a message may rightly outlive its producer: it is
/// treated like one that lasts longer.
/// </summary>
internal sealed class ClockSkew
{
    private readonly ILookup<SpanId, ShownSpan> _children;
    private readonly long _maxNano;

    private ClockSkew(ShownTrace trace, long maxNano)
    {
        _maxNano = maxNano;
        _children = trace.Spans.Where(s => !s.Span.ParentSpanId.IsEmpty).ToLookup(s => s.Span.ParentSpanId);
    }

    /// <summary>Shifts spans by at most <paramref name="maxNano"/> nanoseconds and says so in their warnings; 0 shifts nothing and only warns.</summary>
    public static void Adjust(ShownTrace trace, long maxNano)
    {
        var known = new HashSet<SpanId>();
        foreach (var shown in trace.Spans)
            if (!known.Add(shown.Span.SpanId))
            {
                shown.Warn("duplicate span IDs; skipping clock skew adjustment");
                return;
            }

        var skew = new ClockSkew(trace, maxNano);
        foreach (var shown in trace.Spans)
        {
            var parent = shown.Span.ParentSpanId;
            if (!parent.IsEmpty && !known.Contains(parent))
                shown.Warn($"invalid parent span IDs={parent}; skipping clock skew adjustment");
            if (parent.IsEmpty || !known.Contains(parent))
                skew.AdjustBelow(shown);
        }
    }

    // A stack, not recursion: a hostile trace may be one chain of all its spans. Spans that are their own ancestors are never reached.
    private void AdjustBelow(ShownSpan root)
    {
        var open = new Stack<(ShownSpan Parent, string Host, long DeltaNano)>();
        open.Push((root, HostOf(root.Span), 0));
        while (open.TryPop(out var current))
            foreach (var child in _children[current.Parent.Span.SpanId])
            {
                var (host, delta) = (HostOf(child.Span), current.DeltaNano);
                if (host.Length == 0 || host != current.Host)
                    delta = DeltaOf(child.Span, current.Parent.Span);
                Shift(child, delta);
                open.Push((child, host, delta));
            }
    }

    private static string HostOf(Span span)
    {
        var attributes = span.Resource.Attributes;
        return (attributes["host.id"] ?? attributes["host.ip"] ?? attributes["host.name"])?.ToString() ?? "";
    }

    private static long DeltaOf(Span child, Span parent)
    {
        if (child.DurationNano > parent.DurationNano || child.Kind == SpanKind.Consumer || parent.Kind == SpanKind.Producer)
            return child.StartTimeUnixNano < parent.StartTimeUnixNano ? Difference(parent.StartTimeUnixNano, child.StartTimeUnixNano) : 0;
        if (child.StartTimeUnixNano >= parent.StartTimeUnixNano && child.EndTimeUnixNano <= parent.EndTimeUnixNano)
            return 0;
        var latency = (parent.DurationNano - child.DurationNano) / 2;
        return Difference(parent.StartTimeUnixNano + latency, child.StartTimeUnixNano);
    }

    private static long Difference(ulong to, ulong from) => unchecked((long)(to - from));

    private void Shift(ShownSpan shown, long delta)
    {
        if (delta == 0)
            return;
        var text = GoDuration.Format(delta);
        if (delta == long.MinValue || Math.Abs(delta) > _maxNano)
        {
            shown.Warn(_maxNano == 0
                ? $"clock skew adjustment disabled; not applying calculated delta of {text}"
                : $"max clock skew adjustment delta of {GoDuration.Format(_maxNano)} exceeded; not applying calculated delta of {text}");
            return;
        }

        var span = shown.Span;
        shown.Span = span with
        {
            StartTimeUnixNano = Moved(span.StartTimeUnixNano, delta),
            EndTimeUnixNano = Moved(span.EndTimeUnixNano, delta),
            Events = [.. span.Events.Select(e => e with { TimeUnixNano = Moved(e.TimeUnixNano, delta) })],
        };
        shown.Warn($"This span's timestamps were adjusted by {text}");
    }

    private static ulong Moved(ulong time, long delta) => delta < 0 && (ulong)-delta > time ? 0 : unchecked(time + (ulong)delta);
}
