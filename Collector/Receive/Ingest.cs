using Microsoft.Extensions.Options;
using Pipeline.Collector.Diagnostics;
using Pipeline.Collector.Publish;
using Pipeline.Collector.Receive.Otlp;

namespace Pipeline.Collector.Receive;

/// <summary>What all receivers share after decoding: counting, publishing, and the words for a partial success.</summary>
internal sealed class Ingest(SpanPublisher publisher, IngestBatchPool pool, CollectorMetrics metrics, IOptions<CollectorOptions> options) : IDisposable
{
    // Head sampling and tenants come with tokens and headers; until then all spans are of one tenant without a name.
    private const string Tenant = "";

    private readonly ThreadLocal<OtlpTranscoder> _transcoder = new(() => new OtlpTranscoder(options.Value));

    public CollectorOptions Options => options.Value;

    public IngestBatch Rent() => pool.Rent();

    public void Return(IngestBatch batch) => pool.Return(batch);

    /// <summary>Transcodes an OTLP protobuf body.</summary>
    public void Transcode(ReadOnlySpan<byte> body, IngestBatch batch) => _transcoder.Value!.Transcode(body, batch);

    /// <summary>
    /// Publishes a decoded request and gives the batch back; returns what the client is to be told. A client that has gone does not stop it: its spans are in shared
    /// records by then.
    /// </summary>
    public async Task<IngestAnswer> PublishAsync(IngestBatch batch, string protocol)
    {
        metrics.CountReceived(protocol, batch);
        var (rejected, first) = (batch.RejectedCount, batch.FirstRejection);
        Task<PublishResult> publishing;
        try
        {
            publishing = publisher.PublishAsync(batch, Tenant);
        }
        finally
        {
            pool.Return(batch);
        }

        var result = await publishing;
        metrics.CountRequest(protocol, result switch
        {
            PublishResult.Busy => RequestOutcome.Busy,
            PublishResult.Unavailable => RequestOutcome.Unavailable,
            _ => rejected > 0 ? RequestOutcome.PartialSuccess : RequestOutcome.Success,
        });
        return Answer(result, rejected, first);
    }

    public void Dispose() => _transcoder.Dispose();

    private IngestAnswer Answer(PublishResult result, int rejected, RejectionReason first) => result switch
    {
        PublishResult.Busy => IngestAnswer.Busy,
        PublishResult.Unavailable => new IngestAnswer(result, 0, "The log did not acknowledge the spans, try again later."),
        _ when rejected > 0 => new IngestAnswer(result, rejected, $"{rejected} spans rejected, the first because of: {first.Describe(Options)}."),
        _ => new IngestAnswer(result, 0, ""),
    };
}
