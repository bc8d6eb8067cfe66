using Pipeline.Shared.Encoding;

namespace Pipeline.Sinks.ServiceEdges;

/// <summary>A histogram as it is shown.</summary>
internal sealed record ExposedLatency(double Count, double Sum, IReadOnlyList<double> Buckets)
{
    public static ExposedLatency Of(LatencyCounts counts) => new(counts.Count, counts.Sum, [.. counts.Buckets]);
}
