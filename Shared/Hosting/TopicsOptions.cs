namespace Pipeline.Shared.Hosting;

/// <summary>The topics' shape, which all processes must agree on. Section <c>Topics</c>.</summary>
public sealed class TopicsOptions
{
    /// <summary>Partitions of spans, traces and decisions, 1 to 4096. Default 24.</summary>
    public int PartitionCount { get; set; } = Messaging.Topics.DefaultPartitionCount;

    /// <summary>How long decisions are remembered after a trace's last span, 1 s to 24 h. Default 10 min.</summary>
    public TimeSpan LateHorizon { get; set; } = TimeSpan.FromMinutes(10);
}
