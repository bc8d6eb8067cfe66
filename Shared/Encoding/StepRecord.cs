namespace Pipeline.Shared.Encoding;

/// <summary>
/// What one step decided in one partition and how far it got: the unit of the decision log. Whoever takes the partition over reads the newest one first.
/// </summary>
public sealed record StepRecord
{
    /// <summary>Every input below this offset is in the state, and every late span below it has been emitted.</summary>
    public required long Position { get; init; }

    /// <summary>The smallest offset of any span of an undecided trace, or the position where there is none.</summary>
    public required long Watermark { get; init; }

    /// <summary>Stream time, in milliseconds since the Unix epoch.</summary>
    public required long StreamTimeMs { get; init; }

    /// <summary>Running totals of the partition, by the name of the ledger's term.</summary>
    public IReadOnlyDictionary<string, long> Ledger { get; init; } = new Dictionary<string, long>();

    /// <summary>State of samplers that have one.</summary>
    public ReadOnlyMemory<byte> SamplerState { get; init; }

    /// <summary>What was decided.</summary>
    public IReadOnlyList<LoggedDecision> Decisions { get; init; } = [];

    /// <summary>Reads a body. Throws <see cref="EncodingException"/>.</summary>
    public static StepRecord Read(ReadOnlyMemory<byte> body)
    {
        var reader = new AvroReader(body.Span);
        var step = new StepRecord
        {
            Position = reader.ReadLong(),
            Watermark = reader.ReadLong(),
            StreamTimeMs = reader.ReadLong(),
            Ledger = ReadLedger(ref reader),
            SamplerState = reader.ReadBytes().ToArray(),
            Decisions = ReadDecisions(ref reader),
        };
        reader.RequireEnd();
        return step;
    }

    /// <summary>Writes the body.</summary>
    public void Write(AvroWriter writer)
    {
        writer.WriteLong(Position);
        writer.WriteLong(Watermark);
        writer.WriteLong(StreamTimeMs);
        var block = writer.BeginBlock();
        foreach (var (name, total) in Ledger)
        {
            writer.WriteString(name);
            writer.WriteLong(total);
        }

        writer.EndBlock(block, Ledger.Count);
        writer.WriteBytes(SamplerState.Span);
        block = writer.BeginBlock();
        foreach (var decision in Decisions)
            decision.Write(writer);
        writer.EndBlock(block, Decisions.Count);
    }

    private static Dictionary<string, long> ReadLedger(ref AvroReader reader)
    {
        var ledger = new Dictionary<string, long>();
        while (reader.ReadBlock(out _) is var count and > 0)
            for (; count > 0; count--)
                ledger[reader.ReadString()] = reader.ReadLong();
        return ledger;
    }

    private static List<LoggedDecision> ReadDecisions(ref AvroReader reader)
    {
        var decisions = new List<LoggedDecision>();
        while (reader.ReadBlock(out _) is var count and > 0)
            for (; count > 0; count--)
                decisions.Add(LoggedDecision.Read(ref reader));
        return decisions;
    }
}
