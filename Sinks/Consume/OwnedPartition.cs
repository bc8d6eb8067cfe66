namespace Pipeline.Sinks.Consume;

/// <summary>One assigned partition of kept traces, from its assignment to its revocation. A partition that comes back gets a new one.</summary>
internal sealed class OwnedPartition
{
    public OffsetWatermark Watermark { get; } = new();

    /// <summary>Time of the newest record read, in milliseconds since the Unix epoch; 0 before the first.</summary>
    public long NewestMs { get; set; }

    /// <summary>Reading stands at the end.</summary>
    public bool IsAtEnd { get; set; }
}
