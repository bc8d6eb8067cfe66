namespace Pipeline.Shared.Encoding;

/// <summary>What is counted of one series, as a delta or as a total. Not for many threads at once.</summary>
public sealed class EdgeCounts
{
    /// <summary>Calls, adjusted for head sampling.</summary>
    public double Calls { get; set; }

    /// <summary>Those of them that failed.</summary>
    public double Failed { get; set; }

    /// <summary>Durations as the client saw them.</summary>
    public LatencyCounts ClientSeconds { get; private init; } = new();

    /// <summary>Durations as the server saw them.</summary>
    public LatencyCounts ServerSeconds { get; private init; } = new();

    /// <summary>Time in the queue: consumer start minus producer end.</summary>
    public LatencyCounts MessagingSeconds { get; private init; } = new();

    /// <summary>Latest start of a span that counted, in milliseconds since the Unix epoch.</summary>
    public long LastSpanTimeMs { get; set; }

    /// <summary>Adds all of another series.</summary>
    public void Add(EdgeCounts other)
    {
        Calls += other.Calls;
        Failed += other.Failed;
        ClientSeconds.Add(other.ClientSeconds);
        ServerSeconds.Add(other.ServerSeconds);
        MessagingSeconds.Add(other.MessagingSeconds);
        LastSpanTimeMs = Math.Max(LastSpanTimeMs, other.LastSpanTimeMs);
    }

    internal static EdgeCounts Read(ref AvroReader reader) => new()
    {
        Calls = reader.ReadDouble(),
        Failed = reader.ReadDouble(),
        ClientSeconds = LatencyCounts.Read(ref reader),
        ServerSeconds = LatencyCounts.Read(ref reader),
        MessagingSeconds = LatencyCounts.Read(ref reader),
        LastSpanTimeMs = reader.ReadLong(),
    };

    internal void Write(AvroWriter writer)
    {
        writer.WriteDouble(Calls);
        writer.WriteDouble(Failed);
        ClientSeconds.Write(writer);
        ServerSeconds.Write(writer);
        MessagingSeconds.Write(writer);
        writer.WriteLong(LastSpanTimeMs);
    }
}
