namespace Pipeline.TestKit.Messaging;

/// <summary>What the surroundings of a log under test may not be able to do.</summary>
public enum LogFeature
{
    /// <summary>Topics are created, described and grown through the log.</summary>
    TopicAdministration,

    /// <summary>Topics stamp records with the time of their append.</summary>
    AppendTime,

    /// <summary>Offsets are found by time.</summary>
    OffsetForTime,

    /// <summary>A transaction's offsets are refused where the membership is outdated.</summary>
    MembershipCheck,

    /// <summary>Offsets of open transactions are waited for.</summary>
    StableOffsets,

    /// <summary>Open and aborted transactions are hidden from readers of committed records.</summary>
    Isolation,

    /// <summary>A newer producer with the same transactional id puts the older out of action.</summary>
    ProducerFencing,

    /// <summary>Offsets can be committed while partitions are being revoked.</summary>
    CommitInRebalance,

    /// <summary>Of two members with the same instance id the older is put out of action.</summary>
    MemberFencing,
}
