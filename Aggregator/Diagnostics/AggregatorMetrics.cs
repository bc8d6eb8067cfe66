using System.Globalization;
using Pipeline.Aggregator.Assemble;
using Prometheus;

namespace Pipeline.Aggregator.Diagnostics;

/// <summary>
/// The aggregator's numbers. The ledger's terms are the totals of the last committed step of each owned partition: they go on where the previous owner stopped, and
/// consumed = kept + dropped + duplicate + in flight at every scrape.
/// </summary>
internal sealed class AggregatorMetrics(IMetricFactory factory)
{
    private readonly Gauge _spans = factory.CreateGauge("pipeline_aggregator_ledger_spans",
        "Spans by where they went, as of the last committed step: consumed = kept + dropped + duplicate + in_flight.", ["partition", "term"]);

    private readonly Gauge _deadLettered = factory.CreateGauge("pipeline_aggregator_dead_lettered_records", "Records of the partition that could not be read.", ["partition"]);
    private readonly Gauge _lost = factory.CreateGauge("pipeline_aggregator_lost_offsets", "Offsets that retention took away before they were read.", ["partition"]);
    private readonly Gauge _lag = factory.CreateGauge("pipeline_aggregator_position_lag_seconds", "How far the position is behind the newest record, in seconds.", ["partition"]);
    private readonly Gauge _openTraces = factory.CreateGauge("pipeline_aggregator_open_traces", "Undecided traces.", ["partition"]);
    private readonly Gauge _remembered = factory.CreateGauge("pipeline_aggregator_remembered_decisions", "Decisions that late spans follow.", ["partition"]);
    private readonly Counter _decided = factory.CreateCounter("pipeline_aggregator_traces_decided_total", "Traces decided by this process, by rule and reason; rule empty: dropped.", ["rule", "reason"]);

    public Gauge MemoryBytes { get; } = factory.CreateGauge("pipeline_aggregator_open_traces_bytes", "What undecided traces take in memory.");

    public Counter StepsCommitted { get; } = factory.CreateCounter("pipeline_aggregator_steps_committed_total", "Step transactions committed.");

    public Counter StepsAborted { get; } = factory.CreateCounter("pipeline_aggregator_steps_aborted_total", "Step transactions aborted; each is sent again.");

    public Counter ProducersFenced { get; } = factory.CreateCounter("pipeline_aggregator_producers_fenced_total", "Transactional producers that could do no more.");

    public Counter TakeOverDelays { get; } = factory.CreateCounter("pipeline_aggregator_take_over_delays_total", "Take-overs that had to be tried again.");

    public Counter EdgeUnreadableSpans { get; } = factory.CreateCounter("pipeline_aggregator_edge_unreadable_spans_total", "Spans that made no service edge because they could not be read.");

    public Histogram StepSeconds { get; } = factory.CreateHistogram("pipeline_aggregator_step_seconds", "How long committing a step took.",
        new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.002, 2, 13) });

    /// <summary>Counts what a step decided; before it is committed, as <see cref="Emit.StepOutput"/> is emptied then.</summary>
    public void CountDecisions(TraceShard shard)
    {
        EdgeUnreadableSpans.Inc(shard.Output.Edges.UnreadableSpanCount);
        foreach (var decision in shard.Output.Decisions)
            _decided.WithLabels(decision.Rule, decision.Reason).Inc();
    }

    /// <summary>Shows the committed totals of a partition.</summary>
    public void ShowCommitted(TraceShard shard)
    {
        var partition = Label(shard.Partition);
        var ledger = shard.Ledger;
        _spans.WithLabels(partition, "consumed").Set(ledger.Consumed);
        _spans.WithLabels(partition, "kept").Set(ledger.Kept);
        _spans.WithLabels(partition, "dropped").Set(ledger.Dropped);
        _spans.WithLabels(partition, "duplicate").Set(ledger.Duplicate);
        _spans.WithLabels(partition, "in_flight").Set(shard.PendingSpanCount);
        _spans.WithLabels(partition, "late_kept").Set(ledger.LateKept);
        _spans.WithLabels(partition, "late_dropped").Set(ledger.LateDropped);
        _deadLettered.WithLabels(partition).Set(ledger.DeadLetteredRecords);
        _lost.WithLabels(partition).Set(ledger.LostOffsets);
        _openTraces.WithLabels(partition).Set(shard.PendingTraceCount);
        _remembered.WithLabels(partition).Set(shard.RememberedDecisionCount);
    }

    public void ShowLag(int partition, double seconds) => _lag.WithLabels(Label(partition)).Set(seconds);

    /// <summary>A partition that has gone to another owner is shown there.</summary>
    public void Forget(int partition)
    {
        var label = Label(partition);
        foreach (var labels in _spans.GetAllLabelValues().Where(l => l[0] == label).ToList())
            _spans.RemoveLabelled(labels);
        foreach (var gauge in new[] { _deadLettered, _lost, _lag, _openTraces, _remembered })
            gauge.RemoveLabelled(label);
    }

    private static string Label(int partition) => partition.ToString(CultureInfo.InvariantCulture);
}
