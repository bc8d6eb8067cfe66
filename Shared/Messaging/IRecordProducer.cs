namespace Pipeline.Shared.Messaging;

/// <summary>
/// Appends records to explicit partitions, idempotently and with the acknowledgement of all in-sync replicas. Safe for use by many threads.
/// Records of one partition keep the order of their <see cref="Append"/> calls.
/// </summary>
public interface IRecordProducer : IDisposable
{
    /// <summary>
    /// Takes a record in hand, or refuses it at once (<see cref="AppendFailure.QueueFull"/>, <see cref="AppendFailure.TooLarge"/>,
    /// <see cref="AppendFailure.Fatal"/>): only where <see cref="AppendFailure.None"/> is returned will the observer be called.
    /// The arrays MUST NOT be changed afterwards.
    /// </summary>
    AppendFailure Append(TopicPartition partition, byte[] key, byte[]? value, IReadOnlyList<RecordHeader> headers, IAppendObserver observer);

    /// <summary>Waits until everything taken in hand has its result, or the time is up. Returns the number of records still without one.</summary>
    int Flush(TimeSpan timeout);
}
