using Microsoft.Extensions.Options;
using Pipeline.Shared.Storage;

namespace Pipeline.Query.Traces;

/// <summary>
/// Makes a stored trace fit to be looked at, in the steps and the order of Jaeger's adjusters (jaegerquery/internal/adjuster). What is stored stays as it is.
/// </summary>
internal sealed class TraceAdjuster(IOptions<QueryOptions> options)
{
    private readonly long _maxSkewNano = options.Value.MaxClockSkewAdjustment.Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>The trace as it is stored, or adjusted.</summary>
    public ShownTrace Shape(Trace trace, bool isRaw)
    {
        var shown = new ShownTrace(trace);
        if (isRaw)
            return shown;
        DuplicateSpans.Drop(shown);
        SharedSpanIds.Split(shown);
        SpanContent.Tidy(shown);
        ClockSkew.Adjust(shown, _maxSkewNano);
        return shown;
    }
}
