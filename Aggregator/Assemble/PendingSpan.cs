using Pipeline.Shared.Encoding;

namespace Pipeline.Aggregator.Assemble;

/// <summary>A span of an undecided trace: its encoded body lies in the trace's buffer.</summary>
internal readonly record struct PendingSpan(EncodedResource Resource, byte[] Scope, int Start, int Length, SpanHead Head);
