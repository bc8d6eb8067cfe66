namespace Pipeline.Shared.Encoding;

/// <summary>What one step adds to the series of one edge partition, for calls that fall into one hour.</summary>
/// <param name="HourMs">Start of that hour, in milliseconds since the Unix epoch.</param>
/// <param name="Series">What is added to each series.</param>
public sealed record EdgeDeltas(long HourMs, IReadOnlyList<KeyValuePair<EdgeKey, EdgeCounts>> Series)
{
    /// <summary>Reads a body. Throws <see cref="EncodingException"/>.</summary>
    public static EdgeDeltas Read(ReadOnlyMemory<byte> body)
    {
        var reader = new AvroReader(body.Span);
        var hour = reader.ReadLong();
        var series = new List<KeyValuePair<EdgeKey, EdgeCounts>>();
        while (reader.ReadBlock(out _) is var count and > 0)
            for (; count > 0; count--)
                series.Add(new(EdgeKey.Read(ref reader), EdgeCounts.Read(ref reader)));
        return new EdgeDeltas(hour, series);
    }

    /// <summary>Writes the body.</summary>
    public void Write(AvroWriter writer)
    {
        writer.WriteLong(HourMs);
        var block = writer.BeginBlock();
        foreach (var (key, counts) in Series)
        {
            key.Write(writer);
            counts.Write(writer);
        }

        writer.EndBlock(block, Series.Count);
    }
}
