using Pipeline.Aggregator.Assemble;
using Pipeline.Aggregator.Emit.ServiceEdges;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Messaging;

namespace Pipeline.Aggregator.Emit;

/// <summary>
/// Commits one step of all owned partitions as one transaction: kept traces and late spans, one step record per partition with work, edge deltas, dead letters, and
/// the watermarks as the group's offsets. Throws what <see cref="ITransactionalProducer"/> throws; after <see cref="TransactionAbortedException"/> the same
/// step can be sent again, after <see cref="ProducerFencedException"/> the next call makes a new producer. One owner, the consuming thread.
/// </summary>
internal sealed class StepTransaction(IRecordLog log, RecordFraming framing, string transactionalId) : IDisposable
{
    private readonly AvroWriter _writer = new(64 * 1024);
    private readonly EdgeAccumulator _edges = new();
    private ITransactionalProducer? _producer;

    /// <summary>Fences what an earlier run of this instance left open. Safe to repeat.</summary>
    public void Open()
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

    /// <summary>Commits the step. The shards are told by the caller.</summary>
    public void Commit(IReadOnlyList<TraceShard> shards, GroupMembership membership)
    {
        Open();
        try
        {
            _producer!.Begin();
            foreach (var shard in shards)
                Append(shard);
            AppendEdges(shards);
            _producer.SendOffsets([.. shards.Select(s => new PartitionOffset(new TopicPartition(Topics.Spans, s.Partition), s.Watermark))], membership);
            _producer.Commit();
        }
        catch (ProducerFencedException)
        {
            Discard();
            throw;
        }
    }

    /// <summary>Throws the producer away; the next step makes a new one.</summary>
    public void Discard()
    {
        _producer?.Dispose();
        _producer = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Discard();
        _writer.Dispose();
    }

    private void Append(TraceShard shard)
    {
        if (!shard.HasWork)
            return;
        shard.CompleteOutput();
        var traces = new TopicPartition(Topics.Traces, shard.Partition);
        foreach (var (key, value) in shard.Output.Traces)
            _producer!.Append(traces, key, value, []);
        foreach (var unreadable in shard.Output.DeadLetters)
            AppendDeadLetter(unreadable);
        var step = shard.CreateStepRecord();
        _producer!.Append(new TopicPartition(Topics.Decisions, shard.Partition), [], Frame(RecordSchema.StepRecord, step.Write), []);
    }

    private void AppendEdges(IReadOnlyList<TraceShard> shards)
    {
        _edges.Clear();
        foreach (var shard in shards.Where(s => s.HasWork))
            _edges.AddAll(shard.Output.Edges);
        foreach (var (partition, deltas) in _edges.Partition(Topics.EdgePartitionCount))
            _producer!.Append(new TopicPartition(Topics.ServiceEdges, partition), [], Frame(RecordSchema.EdgeDeltas, deltas.Write), []);
    }

    private void AppendDeadLetter(UnreadableRecord unreadable)
    {
        var record = unreadable.Record;
        var partition = (int)((uint)record.Partition.Partition % Topics.EdgePartitionCount);
        _producer!.Append(new TopicPartition(Topics.DeadLetters, partition), record.Key, record.Value, DeadLetterHeaders.For(record, unreadable.Reason));
    }

    private byte[] Frame(RecordSchema schema, Action<AvroWriter> write)
    {
        _writer.Truncate();
        framing.WritePrefix(_writer, schema);
        write(_writer);
        return _writer.Written.ToArray();
    }
}
