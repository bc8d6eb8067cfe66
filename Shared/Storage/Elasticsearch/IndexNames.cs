using System.Globalization;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>Names of dated indices: <c>prefix-jaeger-span-2026-01-31</c>. Dates are UTC.</summary>
internal sealed class IndexNames
{
    private static readonly string[] Fields = ["yyyy", "MM", "dd", "HH"];
    private readonly string _layout;
    // The last name of each kind: spans mostly follow each other within a period.
    private readonly Dictionary<string, (long Period, string Name)> _last = [];

    public IndexNames(ElasticsearchOptions options)
    {
        var prefix = options.IndexPrefix.Length == 0 || options.IndexPrefix.EndsWith('-') ? options.IndexPrefix : options.IndexPrefix + "-";
        _layout = options.DateLayout;
        Period = _layout.Contains("HH", StringComparison.Ordinal) ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1);
        Prefix = prefix;
        Spans = prefix + "jaeger-span-";
        Services = prefix + "jaeger-service-";
        Dependencies = prefix + "jaeger-dependencies-";
        Summaries = prefix + "tracing-summary-";
        Definitions = prefix + "tracing-definition-";
    }

    /// <summary>What all names begin with.</summary>
    public string Prefix { get; }

    /// <summary>How long one index is written to.</summary>
    public TimeSpan Period { get; }

    /// <summary>Jaeger's span documents. This and the following are what comes before the date.</summary>
    public string Spans { get; }

    /// <summary>Jaeger's service and operation documents.</summary>
    public string Services { get; }

    /// <summary>Jaeger's dependency documents.</summary>
    public string Dependencies { get; }

    /// <summary>Our trace summaries.</summary>
    public string Summaries { get; }

    /// <summary>Our resources and scopes, each stated once a period.</summary>
    public string Definitions { get; }

    /// <summary>All five.</summary>
    public IReadOnlyList<string> All => [Spans, Services, Dependencies, Summaries, Definitions];

    /// <summary>The index of a kind for a moment in milliseconds since the Unix epoch.</summary>
    public string Of(string kind, long unixMs)
    {
        var period = unixMs / (long)Period.TotalMilliseconds;
        if (_last.TryGetValue(kind, out var last) && last.Period == period)
            return last.Name;
        var name = kind + DateTimeOffset.FromUnixTimeMilliseconds(unixMs).ToString(_layout, CultureInfo.InvariantCulture);
        _last[kind] = (period, name);
        return name;
    }

    /// <summary>The start of the period that an index of this kind holds, or null where the name is not one of ours.</summary>
    public DateTimeOffset? StartOf(string kind, string index)
    {
        if (!index.StartsWith(kind, StringComparison.Ordinal))
            return null;
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTimeOffset.TryParseExact(index.AsSpan(kind.Length), _layout, CultureInfo.InvariantCulture, Utc, out var start) ? start : null;
    }

    /// <summary>The index of another kind and the same period.</summary>
    public static string Sibling(string index, string kind, string otherKind) => otherKind + index[kind.Length..];

    /// <summary>True for a layout that gives names which sort by time and can be read back.</summary>
    public static bool IsLayout(string layout)
    {
        var parts = layout.Split('-', '.', '_');
        return parts.Length is 3 or 4 && parts.SequenceEqual(Fields.Take(parts.Length));
    }
}
