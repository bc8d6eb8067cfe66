namespace Pipeline.Query;

/// <summary>Where the query API and the web pages are served, and within which bounds. Section <c>Query</c>.</summary>
public sealed class QueryOptions
{
    /// <summary>The address to listen on. Default 127.0.0.1; in a container 0.0.0.0.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>The port of pages and API, 0 (any free one) to 65535. Default 16686, as Jaeger's.</summary>
    public int Port { get; set; } = 16686;

    /// <summary>The path below which everything is served, such as <c>/tracing</c>, for a proxy that passes it on. Empty or <c>/</c> for the root. Default empty.</summary>
    public string BasePath { get; set; } = "";

    /// <summary>How long a request may wait for the store before it is answered with 504, 1 s to 10 min. Default 30 s.</summary>
    public TimeSpan StoreTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// By how much a span's times may be shifted to make up for the clocks of different hosts, 0 to 1 day. 0 shifts nothing and only warns. Default 0, as Jaeger's.
    /// </summary>
    public TimeSpan MaxClockSkewAdjustment { get; set; } = TimeSpan.Zero;

    /// <summary>How far around the given start and end a trace's spans are looked for when a trace is asked for with a time hint, 0 to 30 days. Default 1 day.</summary>
    public TimeSpan MaxTraceDuration { get; set; } = TimeSpan.FromDays(1);

    internal string PathPrefix => BasePath.TrimEnd('/');
}
