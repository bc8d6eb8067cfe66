using Pipeline.Shared.Messaging;
using Pipeline.Shared.Model;

namespace Pipeline.Shared.Encoding;

/// <summary>Which partition a trace lives in, on every topic that is partitioned by trace.</summary>
public static class TracePartition
{
    /// <summary>murmur2 of the 16 trace-id bytes, modulo the partition count.</summary>
    public static int Of(TraceId traceId, int partitionCount)
    {
        Span<byte> key = stackalloc byte[TraceId.LengthBytes];
        traceId.Write(key);
        return Murmur2Partitioner.PartitionOf(key, partitionCount);
    }
}
