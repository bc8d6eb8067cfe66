using Pipeline.Shared.Encoding;
using Pipeline.Shared.Messaging;
using Pipeline.Shared.Model;
using Pipeline.TestKit;
using Pipeline.TestKit.Storage;

namespace Pipeline.Sinks.Tests;

/// <summary>Puts into a log what an aggregator would.</summary>
internal static class SinkInput
{
    public static byte[] Encode(KeptTrace trace)
    {
        using var spans = new SpanSetWriter();
        foreach (var span in trace.Spans)
            spans.Add(span);
        using var writer = new AvroWriter();
        new RecordFraming().WritePrefix(writer, RecordSchema.KeptTrace);
        KeptTraceWriter.Write(writer, trace, spans);
        return writer.Written.ToArray();
    }

    /// <summary>Traces of three spans each.</summary>
    public static IReadOnlyList<KeptTrace> Traces(int first, int count) => [.. Enumerable.Range(first, count).Select(i => KeptTraces.Of(offset: i,
        A.Span(trace: i, span: 1, service: "frontend"),
        A.Span(trace: i, span: 2, parent: 1, service: "frontend", kind: SpanKind.Client),
        A.Span(trace: i, span: 3, parent: 2, service: "cart")))];

    public static async Task PublishTracesAsync(this IRecordLog log, IEnumerable<KeptTrace> traces, int partitionCount = 4)
    {
        foreach (var trace in traces)
            await log.PublishAsync(new TopicPartition(Topics.Traces, TracePartition.Of(trace.TraceId, partitionCount)), Encode(trace));
    }

    public static async Task PublishAsync(this IRecordLog log, TopicPartition partition, byte[] value)
    {
        using var producer = log.CreateProducer();
        var result = await producer.AppendAsync(partition, [1], value);
        if (!result.Succeeded)
            throw new InvalidOperationException($"{result.Failure}: {result.Detail}");
    }

    /// <summary>Publishes calls of a series, each lasting 50 ms, in the hour of the tests' start.</summary>
    public static Task PublishCallsAsync(this IRecordLog log, string client, string server, int calls, int failed = 0, string type = "", string virtualNode = "")
    {
        var counts = new EdgeCounts { Calls = calls, Failed = failed, LastSpanTimeMs = (long)(A.StartUnixNano / 1_000_000) };
        counts.ServerSeconds.Observe(0.05, calls);
        var key = new EdgeKey(client, server, type, virtualNode);
        return log.PublishEdgesAsync(Murmur2Partitioner.PartitionOf(key.ToRecordKey(), Topics.EdgePartitionCount), new EdgeDeltas(HourMs, [new(key, counts)]));
    }

    public static long HourMs => (long)(A.StartUnixNano / 1_000_000) / 3_600_000 * 3_600_000;

    public static Task PublishEdgesAsync(this IRecordLog log, int partition, EdgeDeltas deltas)
    {
        using var writer = new AvroWriter();
        new RecordFraming().WritePrefix(writer, RecordSchema.EdgeDeltas);
        deltas.Write(writer);
        return log.PublishAsync(new TopicPartition(Topics.ServiceEdges, partition), writer.Written.ToArray());
    }

    /// <summary>The group's committed offsets lie at the end of every partition.</summary>
    public static bool IsConsumed(this IRecordLog log, string group, string topic, int partitionCount)
    {
        using var consumer = log.CreateConsumer(new ConsumerSettings { Group = group });
        return Enumerable.Range(0, partitionCount).Select(p => new TopicPartition(topic, p)).All(p =>
            consumer.QueryRange(p, TimeSpan.FromSeconds(5)) is var range && (consumer.Committed(p, TimeSpan.FromSeconds(5)) ?? range.Start) == range.CommittedEnd);
    }
}
