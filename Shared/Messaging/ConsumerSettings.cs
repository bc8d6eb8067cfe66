namespace Pipeline.Shared.Messaging;

/// <summary>How a consumer takes part in its group.</summary>
public sealed record ConsumerSettings
{
    /// <summary>The group's name.</summary>
    public required string Group { get; init; }

    /// <summary>A stable name of this member (a StatefulSet's pod name): it keeps its partitions over a quick restart. Null for a member that leaves when it stops.</summary>
    public string? InstanceId { get; init; }

    /// <summary>After this long without a heartbeat the member's partitions go to others. Default 45 s.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(45);
}
