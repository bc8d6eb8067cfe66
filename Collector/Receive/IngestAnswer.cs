using Pipeline.Collector.Publish;

namespace Pipeline.Collector.Receive;

/// <summary>What a client is told about a decodable request.</summary>
/// <param name="Result">Whether its spans are in the log.</param>
/// <param name="RejectedCount">Spans rejected for good.</param>
/// <param name="Message">Why; empty when there is nothing to say.</param>
internal readonly record struct IngestAnswer(PublishResult Result, int RejectedCount, string Message)
{
    public static IngestAnswer Busy { get; } = new(PublishResult.Busy, 0, "Too much waits for the log already, try again later (Collector:MaxInFlightBytes, Kafka:ProducerQueueKbytes).");
}
