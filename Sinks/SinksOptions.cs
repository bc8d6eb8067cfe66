namespace Pipeline.Sinks;

/// <summary>How kept traces and service edges are taken in and written. Section <c>Sinks</c>.</summary>
public sealed class SinksOptions
{
    /// <summary>The consumer group that shares out the kept traces. Default <c>tracing-sinks</c>.</summary>
    public string Group { get; set; } = "tracing-sinks";

    /// <summary>The consumer group that shares out the service edges. Default <c>tracing-edge-sinks</c>.</summary>
    public string EdgeGroup { get; set; } = "tracing-edge-sinks";

    /// <summary>A stable name of this instance, unique among those alive (a StatefulSet's pod name). Default: the host's name.</summary>
    public string InstanceId { get; set; } = Environment.MachineName;

    /// <summary>After this long without a heartbeat the partitions of an instance go to others, 1 s to 30 min. Default 45 s.</summary>
    public TimeSpan SessionTimeout { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>A batch is written when it has this many spans, 1 to 1,000,000. Default 5,000.</summary>
    public int BatchSpans { get; set; } = 5_000;

    /// <summary>A batch is written when its records have this many bytes, 1 KiB to 256 MiB. A second batch gathers meanwhile; when that is full as well, reading pauses. Default 8 MiB.</summary>
    public long BatchBytes { get; set; } = 8 << 20;

    /// <summary>A batch is written when its first record has waited this long, 1 ms to 1 min. Default 500 ms.</summary>
    public TimeSpan BatchInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>After a store that was away: the first wait, 10 ms to 1 min. It doubles with each try, with jitter. Default 200 ms.</summary>
    public TimeSpan RetryFirst { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest wait between tries, <see cref="RetryFirst"/> to 10 min; also where the store asks for more. Default 15 s.</summary>
    public TimeSpan RetryMax { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often expired traces are deleted, 1 min to 24 h. Default 1 h.</summary>
    public TimeSpan RetentionInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How often the totals of service edges are committed, 50 ms to 1 min. Default 1 s.</summary>
    public TimeSpan EdgeStepInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often changed dependencies are written to the store, 100 ms to 1 h. Default 1 min.</summary>
    public TimeSpan DependencyInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Databases and external peers are dependencies too, not only services. Default true.</summary>
    public bool DependenciesIncludeVirtualNodes { get; set; } = true;

    /// <summary>Series of service edges per edge partition, 100 to 10 million; what is beyond counts in its overflow series, labelled <c>metric_overflow="true"</c>. Default 20,000.</summary>
    public int MaxSeriesPerPartition { get; set; } = 20_000;

    /// <summary>How long one end of a link waits for the other, 1 s to 24 h. Default 15 min.</summary>
    public TimeSpan LinkWait { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Ends of links that may wait, per edge partition, 100 to 10 million; beyond it the oldest are given up, and counted. Default 100,000.</summary>
    public int MaxWaitingLinksPerPartition { get; set; } = 100_000;

    /// <summary>
    /// Tells the dependency documents of one life of the edge totals from those of another, 0 to 300 million. Only for a log that dies with the process: totals
    /// that begin at zero must not replace what earlier ones have left in a store that lives on. Default 0.
    /// </summary>
    public int DependencyEpoch { get; set; }

    /// <summary>How long a batch that is being written is waited for when its partitions are revoked, and how long a stop may take to store the rest, 0 to 5 min. Default 10 s.</summary>
    public TimeSpan HandOverTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Reads the log to its end before the process stops. Only for a log that dies with the process. Default false.</summary>
    public bool DrainOnShutdown { get; set; }
}
