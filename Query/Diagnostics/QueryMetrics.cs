using System.Globalization;
using Prometheus;

namespace Pipeline.Query.Diagnostics;

/// <summary>The query process's numbers.</summary>
internal sealed class QueryMetrics(IMetricFactory factory)
{
    private readonly Counter _requests = factory.CreateCounter("pipeline_query_requests_total",
        "Requests answered, by endpoint and HTTP status; 499: the client left.", ["endpoint", "status"]);

    private readonly Histogram _seconds = factory.CreateHistogram("pipeline_query_request_seconds", "How long a request took, until its last byte was written.",
        ["endpoint"], new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.001, 2, 15) });

    public Counter SpansServed { get; } = factory.CreateCounter("pipeline_query_spans_served_total", "Spans written into answers.");

    public void CountRequest(string endpoint, int status, TimeSpan elapsed)
    {
        _requests.WithLabels(endpoint, status.ToString(CultureInfo.InvariantCulture)).Inc();
        _seconds.WithLabels(endpoint).Observe(elapsed.TotalSeconds);
    }
}
