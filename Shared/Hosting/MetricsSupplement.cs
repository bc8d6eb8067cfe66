namespace Pipeline.Shared.Hosting;

/// <summary>Lines in Prometheus' text format that a stage adds to <c>/metrics</c>, where a client library cannot hold its numbers.</summary>
/// <param name="Write">Writes the lines; called for each scrape, by several threads at once.</param>
public sealed record MetricsSupplement(Action<TextWriter> Write);
