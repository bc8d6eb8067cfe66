namespace Pipeline.Collector.Receive;

/// <summary>Batches for use again: at most so many are kept, and none that has grown very large.</summary>
internal sealed class IngestBatchPool
{
    private const int MaxKept = 64;
    private const int MaxKeptBytes = 1 << 20;
    private const int MaxKeptSpans = 16 * 1024;

    private readonly Lock _gate = new();
    private readonly Stack<IngestBatch> _free = new(MaxKept);

    public IngestBatch Rent()
    {
        lock (_gate)
            if (_free.TryPop(out var batch))
                return batch;
        return new IngestBatch();
    }

    public void Return(IngestBatch batch)
    {
        var isSmall = batch.LengthBytes <= MaxKeptBytes && batch.SpanCount <= MaxKeptSpans;
        batch.Clear();
        if (isSmall)
        {
            lock (_gate)
            {
                if (_free.Count < MaxKept)
                {
                    _free.Push(batch);
                    return;
                }
            }
        }

        batch.Dispose();
    }
}
