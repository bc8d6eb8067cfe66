using Pipeline.Aggregator.Emit;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;

namespace Pipeline.Aggregator.Assemble;

/// <summary>Late spans of kept traces, gathered by trace until the next step. Single owner, no locks.</summary>
internal sealed class LateSpans : IDisposable
{
    private readonly Dictionary<TraceId, Group> _groups = [];

    public void Add(in LoggedDecision decision, string tenant, long streamTimeMs, long offset, EncodedResource resource, byte[] scope, ReadOnlySpan<byte> spanBody)
    {
        if (!_groups.TryGetValue(decision.TraceId, out var group))
            _groups[decision.TraceId] = group = new Group(decision, tenant, streamTimeMs);
        group.Add(offset, resource, scope, spanBody);
    }

    /// <summary>Turns what was gathered into records.</summary>
    public void EmitTo(StepOutput output, KeptTraceEncoder encoder)
    {
        foreach (var group in _groups.Values)
        {
            group.EmitTo(output, encoder);
            group.Dispose();
        }

        _groups.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var group in _groups.Values)
            group.Dispose();
        _groups.Clear();
    }

    private sealed class Group(LoggedDecision decision, string tenant, long streamTimeMs) : IDisposable
    {
        private readonly List<(long FirstOffset, int Piece, SpanSetWriter Spans)> _sets = [];

        public void Add(long offset, EncodedResource resource, byte[] scope, ReadOnlySpan<byte> spanBody)
        {
            if (_sets.Count == 0)
                _sets.Add((offset, 0, new SpanSetWriter()));
            else if (_sets[^1].Spans.LengthBytes + spanBody.Length > KeptTraceEncoder.PieceBytes)
                _sets.Add((offset, _sets[^1].FirstOffset == offset ? _sets[^1].Piece + 1 : 0, new SpanSetWriter()));
            var spans = _sets[^1].Spans;
            spans.Add(spans.IndexOfResource(resource.Bytes), spans.IndexOfScope(scope), spanBody);
        }

        public void EmitTo(StepOutput output, KeptTraceEncoder encoder)
        {
            foreach (var (offset, piece, spans) in _sets)
                encoder.EncodeLate(decision, tenant, streamTimeMs, offset, piece, spans, output);
        }

        public void Dispose()
        {
            foreach (var (_, _, spans) in _sets)
                spans.Dispose();
        }
    }
}
