using System.Collections.Concurrent;
using Pipeline.Collector.Publish;
using Pipeline.Collector.Receive;
using Prometheus;

namespace Pipeline.Collector.Diagnostics;

/// <summary>
/// The collector's numbers. Of every span of a decodable request: received = rejected (by reason) + sampled out + published + in flight. Spans that clients were told to
/// send again are rejected as <c>busy</c> or <c>unavailable</c>.
/// </summary>
internal sealed class CollectorMetrics(IMetricFactory factory)
{
    private static readonly string[] Outcomes = ["success", "partial_success", "busy", "unavailable", "malformed", "too_large", "unsupported"];

    private readonly Counter _received = factory.CreateCounter("pipeline_collector_spans_received_total", "Spans of decodable requests.", ["protocol"]);
    private readonly Counter _rejected = factory.CreateCounter("pipeline_collector_spans_rejected_total", "Spans not taken, by reason; after busy and unavailable clients try again.", ["reason"]);
    private readonly Counter _requests = factory.CreateCounter("pipeline_collector_requests_total", "Requests, by what they were answered.", ["protocol", "answer"]);

    // Children are kept, because looking one up by its labels allocates.
    private readonly ConcurrentDictionary<string, Counter.Child> _receivedByProtocol = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string, RequestOutcome), Counter.Child> _requestsByOutcome = [];

    public Counter Published { get; } = factory.CreateCounter("pipeline_collector_spans_published_total", "Spans that the log has acknowledged.");

    /// <summary>Stays at zero until a head sampler stands between receiving and publishing.</summary>
    public Counter SampledOut { get; } = factory.CreateCounter("pipeline_collector_spans_sampled_out_total", "Spans dropped by head sampling.");

    public Gauge InFlightBytes { get; } = factory.CreateGauge("pipeline_collector_in_flight_bytes", "Bytes of requests that are being received or wait for the log.");

    public Gauge LingerSeconds { get; } = factory.CreateGauge("pipeline_collector_linger_seconds", "How long open records wait for more at present.");

    public Histogram RecordBytes { get; } = factory.CreateHistogram("pipeline_collector_record_bytes", "Sizes of the records sent to the log, in bytes.",
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(256, 4, 7) });

    public void CountReceived(string protocol, IngestBatch batch)
    {
        _receivedByProtocol.GetOrAdd(protocol, static (name, received) => received.WithLabels(name), _received).Inc(batch.ReceivedCount);
        if (batch.RejectedCount == 0)
            return;
        foreach (var reason in Enum.GetValues<RejectionReason>())
            if (batch.RejectedFor(reason) is var count and > 0)
                _rejected.WithLabels(reason.Label()).Inc(count);
    }

    /// <summary>Spans that the log did not take.</summary>
    public void CountNotTaken(PublishResult result, int spanCount) =>
        _rejected.WithLabels(Outcomes[(int)(result == PublishResult.Busy ? RequestOutcome.Busy : RequestOutcome.Unavailable)]).Inc(spanCount);

    public void CountRequest(string protocol, RequestOutcome outcome) =>
        _requestsByOutcome.GetOrAdd((protocol, outcome), static (key, requests) => requests.WithLabels(key.Item1, Outcomes[(int)key.Item2]), _requests).Inc();
}
