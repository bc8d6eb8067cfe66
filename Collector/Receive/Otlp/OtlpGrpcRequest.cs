using Grpc.Core;

namespace Pipeline.Collector.Receive.Otlp;

/// <summary>What the marshaller made of a gRPC message: the payload lives only while it is deserialized, so it is transcoded there.</summary>
/// <param name="Batch">The transcoded request; null when it could not be decoded.</param>
/// <param name="Error">Why not; <see cref="Status.DefaultSuccess"/> otherwise.</param>
internal sealed record OtlpGrpcRequest(IngestBatch? Batch, Status Error);
