using System.Globalization;

namespace Pipeline.Shared.Messaging;

/// <summary>The topics of the pipeline: names, partition counts and settings, as <c>docs/architecture.md</c> lists them.</summary>
public static class Topics
{
    /// <summary>Spans on their way to the aggregators, keyed by trace id.</summary>
    public const string Spans = "tracing.spans";

    /// <summary>Kept traces on their way to the sinks, partitioned as <see cref="Spans"/>.</summary>
    public const string Traces = "tracing.traces";

    /// <summary>One record a step and partition: its decisions and progress; partitioned as <see cref="Spans"/>.</summary>
    public const string Decisions = "tracing.decisions";

    /// <summary>Service-edge deltas, keyed by series.</summary>
    public const string ServiceEdges = "tracing.service-edges";

    /// <summary>Totals per series, partitioned as <see cref="ServiceEdges"/>.</summary>
    public const string EdgeState = "tracing.edge-state";

    /// <summary>Head-sampling counts and rate tables.</summary>
    public const string Control = "tracing.control";

    /// <summary>What could not be processed, with the reason.</summary>
    public const string DeadLetters = "tracing.dead-letters";

    /// <summary>The default partition count of spans, traces and decisions.</summary>
    public const int DefaultPartitionCount = 24;

    /// <summary>The partition count of service edges, their state and dead letters.</summary>
    public const int EdgePartitionCount = 6;

    /// <summary>All topics, for a pipeline of this many span partitions and this late horizon.</summary>
    public static IReadOnlyList<TopicDescription> All(int partitionCount, TimeSpan lateHorizon) =>
    [
        Deleting(Spans, partitionCount, TimeSpan.FromHours(6), ("message.timestamp.type", "LogAppendTime")),
        Deleting(Traces, partitionCount, TimeSpan.FromHours(24)),
        Deleting(Decisions, partitionCount, Longer(lateHorizon + TimeSpan.FromHours(1), TimeSpan.FromHours(6)), ("message.timestamp.type", "LogAppendTime")),
        Deleting(ServiceEdges, EdgePartitionCount, TimeSpan.FromHours(6)),
        new(EdgeState, EdgePartitionCount, Settings(("cleanup.policy", "compact"))),
        new(Control, 1, Settings(("cleanup.policy", "compact"))),
        Deleting(DeadLetters, EdgePartitionCount, TimeSpan.FromDays(14)),
    ];

    private static TopicDescription Deleting(string name, int partitions, TimeSpan retention, params (string, string)[] more) =>
        new(name, partitions, Settings([
            ("cleanup.policy", "delete"),
            ("retention.ms", ((long)retention.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)),
            .. more]));

    private static Dictionary<string, string> Settings(params (string Key, string Value)[] pairs) => pairs.ToDictionary(p => p.Key, p => p.Value);

    private static TimeSpan Longer(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
