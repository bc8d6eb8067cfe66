using Pipeline.Aggregator.Emit.ServiceEdges;
using Pipeline.Shared.Encoding;

namespace Pipeline.Aggregator.Emit;

/// <summary>
/// What one partition has to commit with the next step. It is kept until the step is committed, so that an aborted step can be sent again. Single owner, no locks.
/// </summary>
internal sealed class StepOutput
{
    /// <summary>Encoded pieces of kept traces, framed, with their record keys.</summary>
    public List<KeyValuePair<byte[], byte[]>> Traces { get; } = [];

    /// <summary>What was decided.</summary>
    public List<LoggedDecision> Decisions { get; } = [];

    /// <summary>Earlier decisions whose traces had late spans: remembered for another late horizon.</summary>
    public List<LoggedDecision> Renewals { get; } = [];

    /// <summary>What the traces decided add to the service edges.</summary>
    public EdgeAccumulator Edges { get; } = new();

    /// <summary>Records that could not be read, with the reason.</summary>
    public List<UnreadableRecord> DeadLetters { get; } = [];

    /// <summary>Bytes of <see cref="Traces"/> and <see cref="DeadLetters"/>.</summary>
    public long LengthBytes { get; private set; }

    public void AddTrace(byte[] key, byte[] value)
    {
        Traces.Add(new(key, value));
        LengthBytes += value.Length;
    }

    public void AddDeadLetter(UnreadableRecord record)
    {
        DeadLetters.Add(record);
        LengthBytes += record.Record.Value?.Length ?? 0;
    }

    public void Clear()
    {
        Traces.Clear();
        Decisions.Clear();
        Renewals.Clear();
        Edges.Clear();
        DeadLetters.Clear();
        LengthBytes = 0;
    }
}
