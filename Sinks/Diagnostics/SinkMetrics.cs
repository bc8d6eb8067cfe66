using System.Globalization;
using Pipeline.Shared.Messaging;
using Prometheus;

namespace Pipeline.Sinks.Diagnostics;

/// <summary>
/// The sinks' numbers. The ledger of kept spans, of this process: consumed = stored + repeated + dead_lettered + given_back + in_flight. Spans given back are consumed
/// again by whoever owns their partition next.
/// </summary>
internal sealed class SinkMetrics(IMetricFactory factory)
{
    private readonly Gauge _lag = factory.CreateGauge("pipeline_sinks_lag_seconds", "Age of the newest record that was read of a partition, in seconds; 0 at its end.", ["topic", "partition"]);

    private readonly Gauge _edgeSeries = factory.CreateGauge("pipeline_sinks_edge_series", "Series of service edges held, by edge partition.", ["partition"]);

    public Counter SpansConsumed { get; } = factory.CreateCounter("pipeline_sinks_spans_consumed_total", "Kept spans read from the log.");

    public Counter SpansStored { get; } = factory.CreateCounter("pipeline_sinks_spans_stored_total", "Kept spans that the store holds and did not hold before.");

    public Counter SpansRepeated { get; } = factory.CreateCounter("pipeline_sinks_spans_repeated_total", "Kept spans that the store held already.");

    public Counter SpansDeadLettered { get; } = factory.CreateCounter("pipeline_sinks_spans_dead_lettered_total", "Kept spans that the store refuses for good.");

    public Counter SpansGivenBack { get; } = factory.CreateCounter("pipeline_sinks_spans_given_back_total", "Kept spans read, but left to the next owner of their partition.");

    public Gauge SpansInFlight { get; } = factory.CreateGauge("pipeline_sinks_spans_in_flight", "Kept spans read and without a verdict.");

    public Counter RecordsUnreadable { get; } = factory.CreateCounter("pipeline_sinks_records_unreadable_total", "Records that could not be read, by topic; they are in the dead letters.", ["topic"]);

    public Counter OffsetsLost { get; } = factory.CreateCounter("pipeline_sinks_offsets_lost_total", "Offsets that retention took away before they were read, by topic.", ["topic"]);

    public Counter DeadLettersTruncated { get; } = factory.CreateCounter("pipeline_sinks_dead_letters_truncated_total", "Dead letters that are too large for the log: their headers are there, their bytes are not.");

    public Counter BatchesWritten { get; } = factory.CreateCounter("pipeline_sinks_batches_written_total", "Batches that the store took.");

    public Counter StoreRetries { get; } = factory.CreateCounter("pipeline_sinks_store_retries_total", "Calls of the store that have to be made again because it did not answer.");

    public Gauge BatchBytes { get; } = factory.CreateGauge("pipeline_sinks_batch_bytes", "Bytes of records held: the batch being written and the one being gathered.");

    public Histogram WriteSeconds { get; } = factory.CreateHistogram("pipeline_sinks_write_seconds", "How long it took until the store had a batch, retries included.",
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.002, 2, 14) });

    public Counter EdgeStepsCommitted { get; } = factory.CreateCounter("pipeline_sinks_edge_steps_committed_total", "Transactions of edge totals committed.");

    public Counter EdgeStepsAborted { get; } = factory.CreateCounter("pipeline_sinks_edge_steps_aborted_total", "Transactions of edge totals aborted; each is sent again.");

    public Counter ProducersFenced { get; } = factory.CreateCounter("pipeline_sinks_producers_fenced_total", "Transactional producers that could do no more.");

    public Counter EdgeSeriesOverflow { get; } = factory.CreateCounter("pipeline_sinks_edge_overflow_calls_total", "Calls that were counted under the overflow series, because there were too many series.");

    public Counter LinksGivenUp { get; } = factory.CreateCounter("pipeline_sinks_edge_links_given_up_total", "Links of consumers whose producer did not come in time, or for which there was no room.");

    public Counter DependencyDocuments { get; } = factory.CreateCounter("pipeline_sinks_dependency_documents_total", "Dependency documents written.");

    /// <summary>How far reading is behind: the age of the newest record read.</summary>
    public void ShowLag(string topic, int partition, double seconds) => _lag.WithLabels(topic, Label(partition)).Set(Math.Max(0, seconds));

    /// <summary>How many series an edge partition holds.</summary>
    public void ShowSeries(int partition, int count) => _edgeSeries.WithLabels(Label(partition)).Set(count);

    /// <summary>A partition that has gone to another owner is shown there.</summary>
    public void ForgetPartition(string topic, int partition)
    {
        _lag.RemoveLabelled(topic, Label(partition));
        if (topic == Topics.ServiceEdges)
            _edgeSeries.RemoveLabelled(Label(partition));
    }

    private static string Label(int partition) => partition.ToString(CultureInfo.InvariantCulture);
}
