namespace Pipeline.Shared.Messaging.InMemory;

/// <summary>One member of a group. Guarded by the log's gate.</summary>
internal sealed class MemoryMember(ConsumerSettings settings, IReadOnlyList<string> topics)
{
    public ConsumerSettings Settings => settings;

    public IReadOnlyList<string> Topics => topics;

    /// <summary>What it owns: nobody else reads these.</summary>
    public HashSet<TopicPartition> Owned { get; } = [];

    /// <summary>What it is to own once those who have it now gave it up.</summary>
    public HashSet<TopicPartition> Target { get; } = [];

    /// <summary>The generation that it last took part in.</summary>
    public int Generation { get; set; }

    /// <summary>When it last polled.</summary>
    public long LastSeen { get; set; }

    /// <summary>True once another member with the same instance id has taken its place.</summary>
    public bool IsFenced { get; set; }
}
