using Pipeline.Collector.Receive;
using Pipeline.Shared.Encoding;
using Pipeline.Shared.Messaging;

namespace Pipeline.Collector.Publish;

/// <summary>The open records, one per tenant and partition that has spans waiting. Not for many threads at once: the publisher holds its lock.</summary>
internal sealed class OpenRecords(int partitionCount, int maxRecordBytes, RecordSender sender)
{
    private readonly Dictionary<string, OpenRecord?[]> _byTenant = new(StringComparer.Ordinal);
    private readonly List<OpenRecord> _open = [];

    /// <summary>Puts a request's spans into the records of their partitions. Records that were full are closed and added to <paramref name="full"/>.</summary>
    public void Place(IngestBatch batch, string tenant, PendingRequest request, ref List<OpenRecord>? full)
    {
        if (!_byTenant.TryGetValue(tenant, out var records))
            _byTenant[tenant] = records = new OpenRecord?[partitionCount];
        foreach (ref readonly var span in batch.Spans)
        {
            var partition = TracePartition.Of(span.TraceId, partitionCount);
            var record = records[partition] ?? Open(records, tenant, partition);
            if (record.TryAdd(request, batch, span, maxRecordBytes))
                continue;
            _open.Remove(record);
            record.EndRequest();
            (full ??= []).Add(record);
            Open(records, tenant, partition).TryAdd(request, batch, span, maxRecordBytes);
        }

        foreach (var record in records)
            record?.EndRequest();
    }

    /// <summary>Closes all open records and moves them to <paramref name="taken"/>.</summary>
    public void TakeAll(List<OpenRecord> taken)
    {
        taken.AddRange(_open);
        _open.Clear();
        foreach (var (tenant, records) in _byTenant)
        {
            // A tenant that sent nothing since the last flush costs nothing any more.
            if (!Array.Exists(records, r => r is not null))
                _byTenant.Remove(tenant);
            Array.Clear(records);
        }
    }

    private OpenRecord Open(OpenRecord?[] records, string tenant, int partition)
    {
        var record = sender.Rent();
        record.Open(tenant, new TopicPartition(Topics.Spans, partition));
        _open.Add(record);
        return records[partition] = record;
    }
}
