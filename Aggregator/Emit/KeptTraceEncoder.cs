using Pipeline.Aggregator.Assemble;
using Pipeline.Shared.Encoding;

namespace Pipeline.Aggregator.Emit;

/// <summary>Writes kept traces and late spans as records of <c>tracing.traces</c>, in pieces where one record would be too large. One owner, the consuming thread.</summary>
internal sealed class KeptTraceEncoder(RecordFraming framing) : IDisposable
{
    /// <summary>A piece is closed when it has grown beyond this; records of up to 1,000,000 bytes are allowed by default everywhere.</summary>
    public const int PieceBytes = 900_000;

    private readonly AvroWriter _writer = new(64 * 1024);
    private readonly SpanSetWriter _spans = new();

    /// <summary>Adds the records of a whole trace to a step.</summary>
    public void Encode(PendingTrace trace, in LoggedDecision decision, long decidedAtMs, StepOutput output)
    {
        var piece = 0;
        foreach (var span in trace.Spans)
        {
            if (_spans.SpanCount > 0 && _spans.LengthBytes + span.Length > PieceBytes)
                Emit(Header(decision, trace.Tenant, decidedAtMs, trace.FirstOffset, piece++, isLate: false), _spans, output);
            _spans.Add(_spans.IndexOfResource(span.Resource.Bytes), _spans.IndexOfScope(span.Scope), trace.BodyOf(span));
        }

        Emit(Header(decision, trace.Tenant, decidedAtMs, trace.FirstOffset, piece, isLate: false), _spans, output);
    }

    /// <summary>Adds the record of late spans to a step.</summary>
    public void EncodeLate(in LoggedDecision decision, string tenant, long decidedAtMs, long firstOffset, int piece, SpanSetWriter spans, StepOutput output) =>
        Emit(Header(decision, tenant, decidedAtMs, firstOffset, piece, isLate: true), spans, output);

    /// <inheritdoc/>
    public void Dispose()
    {
        _writer.Dispose();
        _spans.Dispose();
    }

    private static KeptTrace Header(in LoggedDecision decision, string tenant, long decidedAtMs, long sourceOffset, int piece, bool isLate) => new()
    {
        TraceId = decision.TraceId,
        Tenant = tenant,
        IsLate = isLate,
        Rule = decision.Rule,
        Reason = decision.Reason,
        Threshold = decision.Threshold,
        DecidedAtMs = decidedAtMs,
        SourceOffset = sourceOffset,
        Piece = piece,
    };

    private void Emit(KeptTrace header, SpanSetWriter spans, StepOutput output)
    {
        _writer.Truncate();
        framing.WritePrefix(_writer, RecordSchema.KeptTrace);
        KeptTraceWriter.Write(_writer, header, spans);
        output.AddTrace(header.TraceId.ToByteArray(), _writer.Written.ToArray());
        spans.Clear();
    }
}
