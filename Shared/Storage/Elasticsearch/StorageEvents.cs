using Microsoft.Extensions.Logging;
using Prometheus;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>What the store has to say that its caller does not: each happening is counted and logged.</summary>
internal sealed partial class StorageEvents(ILogger logger)
{
    private static readonly Counter Repaired = Metrics.CreateCounter("pipeline_store_spans_repaired_total",
        "Spans that the index refused for their fields and took without them: kept whole, but found by this pipeline's own search only.");

    private static readonly Counter Refused = Metrics.CreateCounter("pipeline_store_documents_refused_total",
        "Documents beside the spans (services, definitions, summaries) that the index refused.");

    public void SpanRepaired(string index, string reason)
    {
        Repaired.Inc();
        LogSpanRepaired(logger, index, reason);
    }

    public void DocumentRefused(string index, string reason)
    {
        Refused.Inc();
        LogDocumentRefused(logger, index, reason);
    }

    [LoggerMessage(5300, LogLevel.Debug, "A span was refused by {Index} and is stored without searchable fields: {Reason}")]
    private static partial void LogSpanRepaired(ILogger logger, string index, string reason);

    [LoggerMessage(5301, LogLevel.Error, "A document beside the spans was refused by {Index}: {Reason}")]
    private static partial void LogDocumentRefused(ILogger logger, string index, string reason);
}
