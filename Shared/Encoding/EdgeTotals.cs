namespace Pipeline.Shared.Encoding;

/// <summary>All that is known of one series: its sums since it began, and its calls by hour for the dependency documents.</summary>
/// <param name="Key">The series.</param>
/// <param name="Counts">Sums since it began.</param>
/// <param name="Hours">Calls by start of the hour (milliseconds since the Unix epoch), the newest <see cref="MaxHours"/> hours only.</param>
public sealed record EdgeTotals(EdgeKey Key, EdgeCounts Counts, SortedDictionary<long, double> Hours)
{
    /// <summary>How many hours a series remembers.</summary>
    public const int MaxHours = 48;

    /// <summary>Adds a delta.</summary>
    public void Add(long hourMs, EdgeCounts delta)
    {
        Counts.Add(delta);
        Hours[hourMs] = Hours.GetValueOrDefault(hourMs) + delta.Calls;
        while (Hours.Count > MaxHours)
            Hours.Remove(Hours.Keys.First());
    }

    /// <summary>Reads a body. Throws <see cref="EncodingException"/>.</summary>
    public static EdgeTotals Read(ReadOnlyMemory<byte> body)
    {
        var reader = new AvroReader(body.Span);
        var key = EdgeKey.Read(ref reader);
        var counts = EdgeCounts.Read(ref reader);
        var hours = new SortedDictionary<long, double>();
        while (reader.ReadBlock(out _) is var count and > 0)
            for (; count > 0; count--)
                hours[reader.ReadLong()] = reader.ReadDouble();
        reader.RequireEnd();
        return new EdgeTotals(key, counts, hours);
    }

    /// <summary>Writes the body.</summary>
    public void Write(AvroWriter writer)
    {
        Key.Write(writer);
        Counts.Write(writer);
        var block = writer.BeginBlock();
        foreach (var (hour, calls) in Hours)
        {
            writer.WriteLong(hour);
            writer.WriteDouble(calls);
        }

        writer.EndBlock(block, Hours.Count);
    }
}
