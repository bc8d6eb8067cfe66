using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Pipeline.Collector.Diagnostics;
using Pipeline.Collector.Publish;
using Pipeline.Collector.Receive.Otlp;

namespace Pipeline.Collector.Receive;

/// <summary>What all receivers share after decoding: counting, publishing, and the words for a partial success.</summary>
internal sealed class Ingest(SpanPublisher publisher, IngestBatchPool pool, CollectorMetrics metrics, IOptions<CollectorOptions> options)
{
    private readonly ConcurrentBag<OtlpTranscoder> _transcoders = [];

    public CollectorOptions Options => options.Value;

    public IngestBatch Rent() => pool.Rent();

    public void Return(IngestBatch batch) => pool.Return(batch);

    /// <summary>Transcodes an OTLP protobuf body; transcoders are used again, one request at a time each.</summary>
    public void Transcode(ReadOnlySpan<byte> body, IngestBatch batch)
    {
        var transcoder = _transcoders.TryTake(out var free) ? free : new OtlpTranscoder(Options);
        transcoder.Transcode(body, batch);
        _transcoders.Add(transcoder);
    }

    /// <summary>Publishes a decoded request and gives the batch back; returns what the client is to be told.</summary>
    public async Task<IngestAnswer> PublishAsync(IngestBatch batch, string protocol, CancellationToken cancellation)
    {
        metrics.CountReceived(protocol, batch);
        var (rejected, first) = (batch.RejectedCount, batch.FirstRejection);
        Task<PublishResult> publishing;
        try
        {
            publishing = publisher.PublishAsync(batch, "", cancellation);
        }
        finally
        {
            pool.Return(batch);
        }

        var result = await publishing;
        var answer = result switch
        {
            PublishResult.Busy => new IngestAnswer(result, 0, "too much waits for the log already, try again later (Collector:MaxInFlightBytes)"),
            PublishResult.Unavailable => new IngestAnswer(result, 0, "the log did not acknowledge in time, try again later"),
            _ when rejected > 0 => new IngestAnswer(result, rejected, $"{rejected} spans rejected, the first because of: {first.Describe(Options)}"),
            _ => new IngestAnswer(result, 0, ""),
        };
        metrics.CountRequest(protocol, result switch
        {
            PublishResult.Busy => "busy",
            PublishResult.Unavailable => "unavailable",
            _ => rejected > 0 ? "partial_success" : "success",
        });
        return answer;
    }
}
