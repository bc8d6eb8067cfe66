using Pipeline.Shared.Encoding;

namespace Pipeline.Sinks.ServiceEdges;

/// <summary>A series as it is shown: its committed totals, in numbers that do not change any more.</summary>
internal sealed record ExposedEdge(int Partition, EdgeKey Key, double Calls, double Failed, ExposedLatency Client, ExposedLatency Server, ExposedLatency Messaging, IReadOnlyList<KeyValuePair<long, double>> Hours)
{
    public static ExposedEdge Of(int partition, EdgeTotals totals) => new(partition, totals.Key, totals.Counts.Calls, totals.Counts.Failed, ExposedLatency.Of(totals.Counts.ClientSeconds),
        ExposedLatency.Of(totals.Counts.ServerSeconds), ExposedLatency.Of(totals.Counts.MessagingSeconds), [.. totals.Hours]);
}
