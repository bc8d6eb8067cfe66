using System.Globalization;
using Pipeline.Query.Traces;
using Pipeline.Shared.Model;

namespace Pipeline.Query.Search;

/// <summary>
/// Reads the parameters of one request. The first that is wrong is kept in <see cref="Error"/>, with its name and what is expected; reading goes on with the default, so
/// that callers ask once, at the end.
/// </summary>
internal sealed class RequestParameters(IQueryCollection query)
{
    private static readonly DateTimeOffset LastMoment = DateTimeOffset.MaxValue;

    /// <summary>What is wrong, or null.</summary>
    public string? Error { get; private set; }

    /// <summary>The first value; empty where there is none.</summary>
    public string Text(string name) => query[name] is { Count: > 0 } values ? values[0] ?? "" : "";

    /// <summary>All values that are not empty.</summary>
    public IEnumerable<string> Texts(string name) => query[name].OfType<string>().Where(v => v.Length > 0);

    /// <summary>The first value, which must not be empty.</summary>
    public string RequiredText(string name)
    {
        var text = Text(name);
        if (text.Length == 0)
            Fail($"parameter '{name}' is required");
        return text;
    }

    /// <summary>A moment in microseconds since the Unix epoch.</summary>
    public DateTimeOffset? Microseconds(string name) => Moment(name, 1, isTolerant: false);

    /// <summary>A moment in microseconds since the Unix epoch; values below 10^14 (March 1973) are taken as milliseconds, which some versions of Grafana send.</summary>
    public DateTimeOffset? MicrosecondsOrMilliseconds(string name) => Moment(name, 1, isTolerant: true);

    /// <summary>A moment in milliseconds since the Unix epoch.</summary>
    public DateTimeOffset? Milliseconds(string name) => Moment(name, 1_000, isTolerant: false);

    /// <summary>A whole number within a range.</summary>
    public long Number(string name, long standard, long min, long max)
    {
        if (Text(name) is not { Length: > 0 } text)
            return standard;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
            return value;
        FailToParse(name, $"'{text}' is not a whole number from {min} to {max}");
        return standard;
    }

    /// <summary>A duration in Go's form, in nanoseconds.</summary>
    public long? DurationNano(string name)
    {
        if (Text(name) is not { Length: > 0 } text)
            return null;
        if (GoDuration.TryParse(text, out var nanoseconds) && nanoseconds >= 0)
            return nanoseconds;
        FailToParse(name, $"'{text}' is not a duration such as 1.2s, 100ms, 500us or 1h");
        return null;
    }

    /// <summary>A truth value in one of the forms that Go's strconv.ParseBool takes.</summary>
    public bool Flag(string name)
    {
        switch (Text(name))
        {
            case "1" or "t" or "T" or "true" or "TRUE" or "True":
                return true;
            case "" or "0" or "f" or "F" or "false" or "FALSE" or "False":
                return false;
            case var text:
                FailToParse(name, $"'{text}' is neither true nor false");
                return false;
        }
    }

    /// <summary>A span kind by its name; null for any.</summary>
    public SpanKind? Kind(string name)
    {
        if (Text(name) is not { Length: > 0 } text)
            return null;
        if (JaegerTag.TryParseKind(text, out var kind))
            return kind;
        FailToParse(name, $"'{text}' is none of internal, server, client, producer, consumer");
        return null;
    }

    /// <summary>Says what is wrong; only the first is kept.</summary>
    public void Fail(string error) => Error ??= error;

    /// <summary>Says that a parameter cannot be read, in Jaeger's words.</summary>
    public void FailToParse(string name, string why) => Fail($"unable to parse param '{name}': {why}");

    private DateTimeOffset? Moment(string name, long microsecondsPerUnit, bool isTolerant)
    {
        const long MillisecondsBelow = 100_000_000_000_000;
        if (Text(name) is not { Length: > 0 } text)
            return null;
        if (isTolerant && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var raw) && raw < MillisecondsBelow)
            microsecondsPerUnit = 1_000;
        var max = (LastMoment - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond / microsecondsPerUnit;
        return DateTimeOffset.UnixEpoch.AddTicks(Number(name, 0, 0, max) * microsecondsPerUnit * TimeSpan.TicksPerMicrosecond);
    }
}
