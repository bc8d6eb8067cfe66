namespace Pipeline.Shared.Encoding;

/// <summary>What one step adds to the service edges of one edge partition: to series, for calls that fall into one hour, and ends of links that meet here.</summary>
/// <param name="HourMs">Start of that hour, in milliseconds since the Unix epoch.</param>
/// <param name="Series">What is added to each series.</param>
public sealed record EdgeDeltas(long HourMs, IReadOnlyList<KeyValuePair<EdgeKey, EdgeCounts>> Series)
{
    /// <summary>Producer spans that consumers of other traces may link to.</summary>
    public IReadOnlyList<LinkEnd> Producers { get; init; } = [];

    /// <summary>Consumer spans' links to producers of other traces.</summary>
    public IReadOnlyList<LinkEnd> Consumers { get; init; } = [];

    /// <summary>Reads a body. Throws <see cref="EncodingException"/>.</summary>
    public static EdgeDeltas Read(ReadOnlyMemory<byte> body)
    {
        var reader = new AvroReader(body.Span);
        var hour = reader.ReadLong();
        var series = new List<KeyValuePair<EdgeKey, EdgeCounts>>();
        while (reader.ReadBlock(out _) is var count and > 0)
            for (; count > 0; count--)
                series.Add(new(EdgeKey.Read(ref reader), EdgeCounts.Read(ref reader)));
        var deltas = new EdgeDeltas(hour, series) { Producers = ReadEnds(ref reader), Consumers = ReadEnds(ref reader) };
        reader.RequireEnd();
        return deltas;
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
        WriteEnds(writer, Producers);
        WriteEnds(writer, Consumers);
    }

    private static List<LinkEnd> ReadEnds(ref AvroReader reader)
    {
        var ends = new List<LinkEnd>();
        while (reader.ReadBlock(out _) is var count and > 0)
            for (; count > 0; count--)
                ends.Add(LinkEnd.Read(ref reader));
        return ends;
    }

    private static void WriteEnds(AvroWriter writer, IReadOnlyList<LinkEnd> ends)
    {
        var block = writer.BeginBlock();
        foreach (var end in ends)
            end.Write(writer);
        writer.EndBlock(block, ends.Count);
    }
}
