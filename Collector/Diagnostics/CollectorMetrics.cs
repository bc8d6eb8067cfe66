using Pipeline.Collector.Receive;
using Prometheus;

namespace Pipeline.Collector.Diagnostics;

/// <summary>
/// The collector's numbers. Of every span of a decodable request: received = rejected + published + refused (the client was told to try again) + in flight.
/// </summary>
internal sealed class CollectorMetrics(IMetricFactory factory)
{
    private readonly Counter _received = factory.CreateCounter("pipeline_collector_spans_received_total", "Spans of decodable requests.", ["protocol"]);
    private readonly Counter _rejected = factory.CreateCounter("pipeline_collector_spans_rejected_total", "Spans rejected for good, by reason.", ["reason"]);
    private readonly Counter _requests = factory.CreateCounter("pipeline_collector_requests_total", "Requests, by what they were answered.", ["protocol", "answer"]);

    public Counter Published { get; } = factory.CreateCounter("pipeline_collector_spans_published_total", "Spans that the log has acknowledged.");

    public Counter Refused { get; } = factory.CreateCounter("pipeline_collector_spans_refused_total", "Spans of records that the log did not take; the clients were told to try again.");

    public Histogram RecordBytes { get; } = factory.CreateHistogram("pipeline_collector_record_bytes", "Sizes of the records sent to the log, in bytes.",
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(256, 4, 7) });

    public void CountReceived(string protocol, IngestBatch batch)
    {
        _received.WithLabels(protocol).Inc(batch.ReceivedCount);
        if (batch.RejectedCount == 0)
            return;
        foreach (var reason in Enum.GetValues<RejectionReason>())
            if (batch.RejectedFor(reason) is var count and > 0)
                _rejected.WithLabels(reason.Label()).Inc(count);
    }

    public void CountRequest(string protocol, string answer) => _requests.WithLabels(protocol, answer).Inc();
}
