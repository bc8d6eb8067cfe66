using Pipeline.Shared.Model;

namespace Pipeline.Shared.Encoding;

/// <summary>A piece of a kept trace, as <c>tracing.traces</c> carries it: the spans known at the decision, or late spans that followed it.</summary>
public sealed class KeptTrace
{
    private IReadOnlyList<Span>? _spans;

    /// <summary>The trace.</summary>
    public required TraceId TraceId { get; init; }

    /// <summary>Whose trace it is; empty for the default tenant.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>True when these spans came after the decision.</summary>
    public bool IsLate { get; init; }

    /// <summary>The tail rule that kept the trace.</summary>
    public string Rule { get; init; } = "";

    /// <summary>What made the aggregator decide when it did.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Final probability as a 56-bit rejection threshold (head × tail); null when it is unknown.</summary>
    public ulong? Threshold { get; init; }

    /// <summary>When it was decided, in stream time: milliseconds since the Unix epoch.</summary>
    public long DecidedAtMs { get; init; }

    /// <summary>The smallest offset of <c>tracing.spans</c> that holds a span of this piece: with the trace id and <see cref="Piece"/> it names the piece, also when it is emitted again.</summary>
    public long SourceOffset { get; init; }

    /// <summary>0, 1, … where one emission is too large for one record.</summary>
    public int Piece { get; init; }

    /// <summary>The encoded piece: the Avro body without framing. Empty for one built from spans.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The spans, decoded on first use.</summary>
    public IReadOnlyList<Span> Spans
    {
        get => _spans ??= KeptTraceReader.ReadSpans(Body);
        init => _spans = value;
    }
}
