using System.Collections.Concurrent;
using System.Globalization;
using Pipeline.Shared.Encoding;

namespace Pipeline.Sinks.ServiceEdges;

/// <summary>
/// Shows the committed totals of the owned series in Prometheus' text format, under the names that Tempo's service graphs have. One writer owns a series: it vanishes
/// here when its partition goes. The histograms carry weights, so the lines are written directly: no client library takes a histogram's numbers as they are.
/// </summary>
internal sealed class EdgeExposition
{
    private readonly ConcurrentDictionary<int, ConcurrentDictionary<EdgeKey, ExposedEdge>> _partitions = [];

    public IEnumerable<int> Partitions => _partitions.Keys;

    /// <summary>Series of a partition that are shown now.</summary>
    public IReadOnlyList<ExposedEdge> Series(int partition) => _partitions.TryGetValue(partition, out var series) ? [.. series.Values] : [];

    public void Show(int partition, IEnumerable<EdgeTotals> totals)
    {
        var series = _partitions.GetOrAdd(partition, _ => []);
        foreach (var total in totals)
            series[total.Key] = ExposedEdge.Of(partition, total);
    }

    public void Hide(int partition) => _partitions.TryRemove(partition, out _);

    /// <summary>Writes all lines.</summary>
    public void Write(TextWriter writer)
    {
        var edges = _partitions.Values.SelectMany(p => p.Values).OrderBy(e => e.Key.Client, StringComparer.Ordinal).ThenBy(e => e.Key.Server, StringComparer.Ordinal)
            .ThenBy(e => e.Key.ConnectionType, StringComparer.Ordinal).ThenBy(e => e.Key.VirtualNode, StringComparer.Ordinal).ThenBy(e => e.Partition).ToList();
        WriteCounter(writer, "traces_service_graph_request_total", "Calls between services, adjusted for head sampling.", edges, e => e.Calls);
        WriteCounter(writer, "traces_service_graph_request_failed_total", "Those of them that failed.", edges, e => e.Failed);
        WriteHistogram(writer, "traces_service_graph_request_client_seconds", "Durations as the client saw them.", edges, e => e.Client);
        WriteHistogram(writer, "traces_service_graph_request_server_seconds", "Durations as the server saw them.", edges, e => e.Server);
        WriteHistogram(writer, "traces_service_graph_request_messaging_system_seconds", "Time that messages spent in the queue.", edges, e => e.Messaging);
    }

    private static void WriteCounter(TextWriter writer, string name, string help, List<ExposedEdge> edges, Func<ExposedEdge, double> value)
    {
        WriteHead(writer, name, help, "counter");
        foreach (var edge in edges)
            writer.Write($"{name}{{{Labels(edge)}}} {Number(value(edge))}\n");
    }

    private static void WriteHistogram(TextWriter writer, string name, string help, List<ExposedEdge> edges, Func<ExposedEdge, ExposedLatency> latencyOf)
    {
        WriteHead(writer, name, help, "histogram");
        foreach (var edge in edges)
        {
            var latency = latencyOf(edge);
            if (latency.Count == 0)
                continue;
            var labels = Labels(edge);
            var cumulative = 0.0;
            for (var i = 0; i < latency.Buckets.Count; i++)
            {
                cumulative += latency.Buckets[i];
                var bound = i < LatencyCounts.Bounds.Count ? Number(LatencyCounts.Bounds[i]) : "+Inf";
                writer.Write($"{name}_bucket{{{labels},le=\"{bound}\"}} {Number(cumulative)}\n");
            }

            writer.Write($"{name}_sum{{{labels}}} {Number(latency.Sum)}\n{name}_count{{{labels}}} {Number(latency.Count)}\n");
        }
    }

    private static void WriteHead(TextWriter writer, string name, string help, string type) => writer.Write($"# HELP {name} {help}\n# TYPE {name} {type}\n");

    private static string Labels(ExposedEdge edge)
    {
        var key = edge.Key;
        // Each partition has one of its own: its number keeps them apart, also when it moves to another instance.
        if (key == EdgePartition.Overflow)
            return string.Create(CultureInfo.InvariantCulture, $"client=\"\",server=\"\",connection_type=\"\",metric_overflow=\"true\",edge_partition=\"{edge.Partition}\"");
        var labels = $"client=\"{Escape(key.Client)}\",server=\"{Escape(key.Server)}\",connection_type=\"{Escape(key.ConnectionType)}\"";
        return key.VirtualNode.Length == 0 ? labels : $"{labels},virtual_node=\"{Escape(key.VirtualNode)}\"";
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
