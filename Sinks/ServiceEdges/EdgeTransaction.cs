using Pipeline.Shared.Encoding;
using Pipeline.Shared.Messaging;
using Pipeline.Sinks.Store;

namespace Pipeline.Sinks.ServiceEdges;

/// <summary>
/// Commits a step of all owned edge partitions as one transaction: changed totals and waiting links to <c>tracing.edge-state</c>, calls found by joining links to
/// <c>tracing.service-edges</c>, and the offsets. Throws as <see cref="ITransactionalProducer"/> does.
/// </summary>
internal sealed class EdgeTransaction(IRecordLog log, RecordFraming framing, string transactionalId) : IDisposable
{
    private readonly AvroWriter _writer = new(16 * 1024);
    private ITransactionalProducer? _producer;

    public void Commit(IReadOnlyList<EdgePartition> partitions, GroupMembership membership)
    {
        try
        {
            Open();
            _producer!.Begin();
            foreach (var partition in partitions)
                Append(partition);
            _producer.SendOffsets([.. partitions.Select(p => new PartitionOffset(new TopicPartition(Topics.ServiceEdges, p.Partition), p.Position))], membership);
            _producer.Commit();
        }
        catch (ProducerFencedException)
        {
            Discard();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Discard();
        _writer.Dispose();
    }

    private void Open()
    {
        if (_producer is not null)
            return;
        var producer = log.CreateTransactionalProducer(transactionalId);
        try
        {
            producer.Initialize();
            _producer = producer;
        }
        catch
        {
            producer.Dispose();
            throw;
        }
    }

    /// <summary>Throws the producer away; the next step makes a new one.</summary>
    public void Discard()
    {
        _producer?.Dispose();
        _producer = null;
    }

    private void Append(EdgePartition partition)
    {
        var state = new TopicPartition(Topics.EdgeState, partition.Partition);
        foreach (var totals in partition.ChangedTotals)
            _producer!.Append(state, totals.Key.ToRecordKey(), Frame(RecordSchema.EdgeTotals, totals.Write), []);
        foreach (var (key, ends) in partition.ChangedLinks)
            _producer!.Append(state, key, ends is null ? null : Frame(RecordSchema.EdgeDeltas, ends.Write), []);
        AppendDeadLetters(partition);
        foreach (var series in partition.Joined.GroupBy(j => (j.HourMs, Partition: Murmur2Partitioner.PartitionOf(j.Key.ToRecordKey(), Topics.EdgePartitionCount))))
        {
            var deltas = new EdgeDeltas(series.Key.HourMs, [.. series.Select(j => KeyValuePair.Create(j.Key, j.Counts))]);
            _producer!.Append(new TopicPartition(Topics.ServiceEdges, series.Key.Partition), [], Frame(RecordSchema.EdgeDeltas, deltas.Write), []);
        }
    }

    private void AppendDeadLetters(EdgePartition partition)
    {
        foreach (var (record, reason) in partition.DeadLetters)
            _producer!.Append(DeadLetterWriter.PartitionOf(record), record.Key, record.Value, DeadLetterHeaders.For(record, reason));
    }

    private byte[] Frame(RecordSchema schema, Action<AvroWriter> write)
    {
        _writer.Truncate();
        framing.WritePrefix(_writer, schema);
        write(_writer);
        return _writer.Written.ToArray();
    }
}
