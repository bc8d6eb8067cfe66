namespace Pipeline.Shared.Messaging;

/// <summary>Is told which partitions its consumer owns. Called on the polling thread, from inside <see cref="IRecordReader.Poll"/> or the consumer's disposal.</summary>
public interface IAssignmentListener
{
    /// <summary>
    /// These partitions came in addition. Returns where each is to be read from; a partition left out is read from the group's committed offset, or from the
    /// oldest record where the group has none.
    /// </summary>
    IReadOnlyList<PartitionOffset> OnAssigned(IReadOnlyList<TopicPartition> partitions);

    /// <summary>These partitions are about to go to another member. Offsets can still be committed: last chance, within the group's time limits.</summary>
    void OnRevoked(IReadOnlyList<TopicPartition> partitions);

    /// <summary>These partitions are gone already, someone else may own them: commit nothing for them.</summary>
    void OnLost(IReadOnlyList<TopicPartition> partitions);
}
