using System.Collections.Concurrent;

namespace Pipeline.Collector.Receive;

/// <summary>Batches for use again: at most so many are kept, and none that has grown very large.</summary>
internal sealed class IngestBatchPool
{
    private const int MaxKept = 64;
    private const int MaxKeptBytes = 4 << 20;

    private readonly ConcurrentBag<IngestBatch> _free = [];

    public IngestBatch Rent() => _free.TryTake(out var batch) ? batch : new IngestBatch();

    public void Return(IngestBatch batch)
    {
        if (batch.LengthBytes > MaxKeptBytes || _free.Count >= MaxKept)
        {
            batch.Dispose();
            return;
        }

        batch.Clear();
        _free.Add(batch);
    }
}
