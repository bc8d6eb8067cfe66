using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage.Sqlite;

/// <summary>Between what the starts and durations of some spans lie, in nanoseconds, and which kinds they have.</summary>
internal record struct PieceBounds(long StartMin, long StartMax, long DurationMin, long DurationMax, int Kinds)
{
    public static PieceBounds None => new(long.MaxValue, 0, long.MaxValue, 0, 0);

    public void Add(Span span)
    {
        var start = UnixTime.Clamp(span.StartTimeUnixNano);
        var duration = UnixTime.Clamp(span.DurationNano);
        (StartMin, StartMax) = (Math.Min(StartMin, start), Math.Max(StartMax, start));
        (DurationMin, DurationMax) = (Math.Min(DurationMin, duration), Math.Max(DurationMax, duration));
        Kinds |= 1 << (int)span.Kind;
    }
}
