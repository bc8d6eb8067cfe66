namespace Pipeline.Shared.Messaging;

/// <summary>Conveniences for those who append rarely.</summary>
public static class RecordProducerExtensions
{
    /// <summary>Appends one record and waits for its result.</summary>
    public static Task<AppendResult> AppendAsync(this IRecordProducer producer, TopicPartition partition, byte[] key, byte[]? value,
        IReadOnlyList<RecordHeader>? headers = null, CancellationToken cancellation = default)
    {
        var pending = new PendingAppend();
        var failure = producer.Append(partition, key, value, headers ?? [], pending);
        return failure == AppendFailure.None
            ? pending.Task.WaitAsync(cancellation)
            : Task.FromResult(new AppendResult(partition, -1, failure, "refused by the producer"));
    }

    private sealed class PendingAppend : TaskCompletionSource<AppendResult>, IAppendObserver
    {
        public PendingAppend() : base(TaskCreationOptions.RunContinuationsAsynchronously)
        {
        }

        public void OnAppended(in AppendResult result) => TrySetResult(result);
    }
}
