using Pipeline.Shared.Model;

namespace Pipeline.Collector.Receive;

/// <summary>An accepted span of a request: where its Avro body lies in the request's buffer.</summary>
internal readonly record struct IngestedSpan(TraceId TraceId, int Resource, int Scope, int Start, int Length);
