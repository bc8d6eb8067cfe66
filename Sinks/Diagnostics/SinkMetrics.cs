using Prometheus;

namespace Pipeline.Sinks.Diagnostics;

/// <summary>The sinks' numbers, of this process: consumed = stored + repeated + dead-lettered + in flight or given back with a partition.</summary>
internal sealed class SinkMetrics(IMetricFactory factory)
{
    public Counter Consumed { get; } = factory.CreateCounter("pipeline_sinks_spans_consumed_total", "Spans of kept traces read from the log.");

    public Counter Stored { get; } = factory.CreateCounter("pipeline_sinks_spans_stored_total", "Spans that the store holds now and did not hold before.");

    public Counter Repeated { get; } = factory.CreateCounter("pipeline_sinks_spans_repeated_total", "Spans that the store held already.");

    public Counter DeadLettered { get; } = factory.CreateCounter("pipeline_sinks_spans_dead_lettered_total", "Spans that the store refuses for good.");

    public Counter RecordsUnreadable { get; } = factory.CreateCounter("pipeline_sinks_records_unreadable_total", "Records that could not be read, now in the dead letters.");

    public Gauge InFlight { get; } = factory.CreateGauge("pipeline_sinks_spans_in_flight", "Spans that are being written.");

    public Histogram WriteSeconds { get; } = factory.CreateHistogram("pipeline_sinks_write_seconds", "How long writing a batch took, retries included.",
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.005, 2, 14) });

    public Counter EdgeStepsAborted { get; } = factory.CreateCounter("pipeline_sinks_edge_steps_aborted_total", "Transactions of edge totals that were aborted; each is sent again.");

    public Counter EdgeSeriesOverflow { get; } = factory.CreateCounter("pipeline_sinks_edge_overflow_calls_total", "Calls that were counted under the overflow series, because there were too many series.");

    public Counter LinksGivenUp { get; } = factory.CreateCounter("pipeline_sinks_edge_links_given_up_total", "Ends of links whose other end did not come in time, or for which there was no room.", ["end"]);
}
