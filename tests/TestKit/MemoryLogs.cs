using Pipeline.Shared.Encoding;
using Pipeline.Shared.Messaging;
using Pipeline.Shared.Messaging.InMemory;
using Pipeline.Shared.Model;

namespace Pipeline.TestKit;

/// <summary>A log in memory with the pipeline's topics, and ways to put spans in and get kept traces out.</summary>
public static class MemoryLogs
{
    /// <summary>A log with all topics.</summary>
    public static async Task<InMemoryLog> CreateAsync(int partitionCount = 4)
    {
        var log = new InMemoryLog();
        await log.CreateTopicsAsync(Topics.All(partitionCount, TimeSpan.FromMinutes(10)), CancellationToken.None);
        return log;
    }

    /// <summary>Appends spans as a collector would: one record per partition.</summary>
    public static async Task PublishAsync(this IRecordLog log, IEnumerable<Span> spans, int partitionCount = 4)
    {
        using var producer = log.CreateProducer();
        foreach (var group in spans.GroupBy(s => TracePartition.Of(s.TraceId, partitionCount)))
        {
            using var set = new SpanSetWriter();
            foreach (var span in group)
                set.Add(span);
            using var writer = new AvroWriter();
            new RecordFraming().WritePrefix(writer, RecordSchema.SpanBatch);
            SpanBatchRecord.Write(writer, "", set);
            var result = await producer.AppendAsync(new TopicPartition(Topics.Spans, group.Key), group.First().TraceId.ToByteArray(), writer.Written.ToArray());
            if (!result.Succeeded)
                throw new InvalidOperationException($"{result.Failure}: {result.Detail}");
        }
    }

    /// <summary>Reads all committed records of a topic.</summary>
    public static IReadOnlyList<Record> ReadAll(this IRecordLog log, string topic, int partitionCount)
    {
        using var reader = log.CreateReader();
        var ends = Enumerable.Range(0, partitionCount).Select(p => new TopicPartition(topic, p))
            .ToDictionary(p => p, p => reader.QueryRange(p, TimeSpan.FromSeconds(10)));
        reader.Assign([.. ends.Select(e => new PartitionOffset(e.Key, e.Value.Start))]);
        var open = ends.Where(e => e.Value.CommittedEnd > e.Value.Start).Select(e => e.Key).ToHashSet();
        var records = new List<Record>();
        var deadline = Environment.TickCount64 + 20_000;
        while (open.Count > 0)
        {
            if (Environment.TickCount64 > deadline)
                throw new TimeoutException($"Reading {topic} took too long; still open: {string.Join(", ", open)}.");
            var result = reader.Poll(TimeSpan.FromMilliseconds(100));
            if (result.Outcome == PollOutcome.Record)
                records.Add(result.Record!);
            else if (result.Outcome == PollOutcome.EndOfPartition)
                open.Remove(result.Partition);
        }

        return records;
    }

    /// <summary>Reads all pieces of kept traces.</summary>
    public static IReadOnlyList<KeptTrace> ReadKeptTraces(this IRecordLog log, int partitionCount = 4) =>
        [.. log.ReadAll(Topics.Traces, partitionCount).Select(r => KeptTraceReader.Read(new RecordFraming().Unframe(r.Value, RecordSchema.KeptTrace)))];
}
