using System.Buffers;
using System.Globalization;
using System.Text;

namespace Pipeline.Query.Search;

/// <summary>Durations as Go writes them (package time, ParseDuration and Duration.String): <c>1.2s</c>, <c>100ms</c>, <c>1h30m</c>.</summary>
internal static class GoDuration
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    private static readonly (string Name, long Nanoseconds)[] Units =
    [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ];

    /// <summary>Reads a duration in nanoseconds. False for anything else, and for what 64 bits cannot hold (about 292 years).</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long nanoseconds)
    {
        nanoseconds = 0;
        var isNegative = text.StartsWith("-");
        if (isNegative || text.StartsWith("+"))
            text = text[1..];
        if (text is "0")
            return true;
        if (text.IsEmpty)
            return false;
        decimal sum = 0;
        while (!text.IsEmpty)
            if (!TryTakePart(ref text, ref sum))
                return false;
        nanoseconds = (long)(isNegative ? -sum : sum);
        return true;
    }

    /// <summary>Writes a duration as Go does: the largest fitting unit below a second, else hours, minutes and seconds.</summary>
    public static string Format(long nanoseconds)
    {
        var (sign, rest) = nanoseconds < 0 ? ("-", (ulong)-(decimal)nanoseconds) : ("", (ulong)nanoseconds);
        if (rest == 0)
            return "0s";
        return sign + rest switch
        {
            < 1_000 => Number(rest, 1) + "ns",
            < 1_000_000 => Number(rest, 1_000) + "µs",
            < 1_000_000_000 => Number(rest, 1_000_000) + "ms",
            _ => FormatLong(rest),
        };
    }

    private static string FormatLong(ulong nanoseconds)
    {
        var text = new StringBuilder();
        var (hours, minutes) = (nanoseconds / 3_600_000_000_000, nanoseconds / 60_000_000_000 % 60);
        if (hours > 0)
            text.Append(hours).Append('h');
        if (hours > 0 || minutes > 0)
            text.Append(minutes).Append('m');
        return text.Append(Number(nanoseconds % 60_000_000_000, 1_000_000_000)).Append('s').ToString();
    }

    private static string Number(ulong nanoseconds, decimal unit) => (nanoseconds / unit).ToString("0.#########", CultureInfo.InvariantCulture);

    private static bool TryTakePart(ref ReadOnlySpan<char> text, ref decimal sum)
    {
        var end = text.IndexOfAnyExcept(NumberCharacters);
        if (end <= 0 || end > 25 || !decimal.TryParse(text[..end], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            return false;
        text = text[end..];
        var unitEnd = text.IndexOfAny(NumberCharacters);
        var unit = unitEnd < 0 ? text : text[..unitEnd];
        foreach (var (name, size) in Units)
            if (unit.SequenceEqual(name) && value <= long.MaxValue / size && (sum += decimal.Truncate(value * size)) <= long.MaxValue)
            {
                text = text[unit.Length..];
                return true;
            }

        return false;
    }
}
