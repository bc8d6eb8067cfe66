namespace Pipeline.Aggregator;

/// <summary>How traces are assembled and decided. Section <c>Aggregator</c>.</summary>
public sealed class AggregatorOptions
{
    /// <summary>The consumer group that shares out the span partitions. Default <c>tracing-aggregators</c>.</summary>
    public string Group { get; set; } = "tracing-aggregators";

    /// <summary>
    /// A stable name of this instance, unique among those alive (a StatefulSet's pod name): its transactional id, and its static membership of the group.
    /// Default: the host's name.
    /// </summary>
    public string InstanceId { get; set; } = Environment.MachineName;

    /// <summary>After this long without a heartbeat the partitions of an instance go to others, 1 s to 30 min. Default 45 s.</summary>
    public TimeSpan SessionTimeout { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>How long after its first span a trace is decided at the latest, 0 to 1 h. Default 10 s.</summary>
    public TimeSpan DecisionWait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long after its root span a trace is decided, 0 to 1 h, where that is sooner. Default 2 s.</summary>
    public TimeSpan DecisionWaitAfterRoot { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a step is committed, 10 ms to 10 s. Default 250 ms.</summary>
    public TimeSpan StepInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A step is committed sooner when this many bytes wait to be emitted, 64 KiB to 256 MiB. Default 8 MiB.</summary>
    public long StepBytes { get; set; } = 8 << 20;

    /// <summary>A trace is decided at once when it has this many spans, at least 1. Default 100,000.</summary>
    public int MaxSpansPerTrace { get; set; } = 100_000;

    /// <summary>A trace is decided at once when its spans take this many bytes, at least 1 KiB. Default 64 MiB.</summary>
    public long MaxBytesPerTrace { get; set; } = 64 << 20;

    /// <summary>All undecided traces together may take this many bytes; beyond it the heaviest are decided at once. At least 1 MiB, default 1 GiB.</summary>
    public long MemoryBytes { get; set; } = 1L << 30;

    /// <summary>How many decisions are remembered for late spans, over all partitions, at least 1,000. Default 5 million; beyond it the oldest are forgotten first.</summary>
    public int MaxRememberedDecisions { get; set; } = 5_000_000;

    /// <summary>
    /// Decides what is open when the process stops (reason <c>shutdown</c>). Only for a log that dies with the process: with Kafka the open traces are
    /// assembled again by whoever takes over. Default false.
    /// </summary>
    public bool DecideOpenOnShutdown { get; set; }

    /// <summary>The tail-sampling rules: a trace is kept by the first one that keeps it, and dropped when none does. Default: one rule that keeps everything.</summary>
    public IList<RuleOptions> Rules { get; } = [];
}
