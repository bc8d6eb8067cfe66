namespace Pipeline.Shared.Messaging;

/// <summary>
/// Appends records of many partitions and a group's offsets as one: readers of committed records see all of it or nothing. For one thread.
/// <para>
/// Failures come as two exceptions. <see cref="TransactionAbortedException"/>: the transaction has been aborted, none of it is visible, begin again and
/// append everything once more. <see cref="ProducerFencedException"/>: dispose this producer; another instance with the same transactional id has taken over, or
/// the log refuses for good. Retriable errors are retried inside until the call's deadline, which then counts as the second kind.
/// </para>
/// <para>Disposing throws an open transaction away; where the process dies instead, the log does so after the transaction timeout.</para>
/// </summary>
public interface ITransactionalProducer : IDisposable
{
    /// <summary>Fences older producers of the same transactional id and finishes what they left open. Once, before all else.</summary>
    void Initialize();

    /// <summary>Opens a transaction.</summary>
    void Begin();

    /// <summary>Adds a record. Its acknowledgement is checked by <see cref="Commit"/>.</summary>
    void Append(TopicPartition partition, byte[] key, byte[]? value, IReadOnlyList<RecordHeader> headers);

    /// <summary>Adds the group's offsets (each the next record to read); an empty list still checks the membership where the log can.</summary>
    void SendOffsets(IReadOnlyList<PartitionOffset> offsets, GroupMembership membership);

    /// <summary>Makes all of it visible at once.</summary>
    void Commit();

    /// <summary>Throws all of it away.</summary>
    void Abort();
}
