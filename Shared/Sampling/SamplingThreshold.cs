using System.Globalization;
using System.Numerics;

namespace Pipeline.Shared.Sampling;

/// <summary>
/// The arithmetic of consistent probability sampling: 56-bit rejection thresholds, compared with 56 random bits of the trace id
/// (OpenTelemetry specification, tracestate-handling and tracestate-probability-sampling).
/// </summary>
public static class SamplingThreshold
{
    /// <summary>2^56: one more than the largest threshold.</summary>
    public const ulong Ceiling = 1UL << 56;

    /// <summary>The hex digits that a threshold is rounded to where nothing else is said.</summary>
    public const int DefaultDigits = 4;

    private const int MaxDigits = 14;

    /// <summary>Keeps everything (probability 1).</summary>
    public const ulong Always = 0;

    /// <summary>
    /// The threshold for a probability in (0, 1]. Values above 1 count as 1. Throws <see cref="ArgumentOutOfRangeException"/> for 0, negative
    /// numbers and NaN: "never" is not expressible as a threshold.
    /// </summary>
    public static ulong FromProbability(double probability)
    {
        if (!(probability > 0))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "A sampling probability must be greater than 0.");
        if (probability >= 1)
            return Always;
        var share = (ulong)Math.Round(probability * Ceiling);
        return Ceiling - Math.Clamp(share, 1, Ceiling);
    }

    /// <summary>The probability with which a threshold keeps a trace.</summary>
    public static double ToProbability(ulong threshold) => (double)(Ceiling - threshold) / Ceiling;

    /// <summary>How many spans one kept span stands for.</summary>
    public static double AdjustedCount(ulong threshold) => (double)Ceiling / (Ceiling - threshold);

    /// <summary>The randomness of a trace: the low 56 bits of its id.</summary>
    public static ulong RandomnessOf(Model.TraceId traceId) => traceId.Low & (Ceiling - 1);

    /// <summary>True when a trace with this randomness is kept under this threshold.</summary>
    public static bool Keeps(ulong threshold, ulong randomness) => randomness >= threshold;

    /// <summary>The threshold of two independent stages in a row: the product of their probabilities (proportional sampling).</summary>
    public static ulong Multiply(ulong first, ulong second) => FromProbability(ToProbability(first) * ToProbability(second));

    /// <summary>
    /// The threshold rounded to this many hex digits (1 to 14), and one more for each leading digit <c>f</c>, so that tiny probabilities keep as many significant digits as large ones.
    /// </summary>
    public static ulong Round(ulong threshold, int digits = DefaultDigits)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(threshold, Ceiling);
        ArgumentOutOfRangeException.ThrowIfLessThan(digits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(digits, MaxDigits);
        var leading = BitOperations.LeadingZeroCount(~(threshold << 8)) / 4;
        var dropped = 4 * (MaxDigits - digits - leading);
        return dropped <= 0 ? threshold : ((threshold + (1UL << (dropped - 1))) >> dropped) << dropped;
    }

    /// <summary>The threshold as <c>th</c> carries it: 14 hex digits without the zeros at the end, but at least one.</summary>
    public static string ToText(ulong threshold)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(threshold, Ceiling);
        return threshold == 0 ? "0" : threshold.ToString("x14", CultureInfo.InvariantCulture).TrimEnd('0');
    }
}
