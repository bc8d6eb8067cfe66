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

    /// <summary>Silent members are put out of their group.</summary>
    SessionExpiry,

    /// <summary>Members with an instance id keep their place, and fence each other.</summary>
    StaticMembership,
}
