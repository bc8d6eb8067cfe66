namespace Pipeline.Sinks.Tests.ServiceEdges;

/// <summary>What goes wrong with a commit.</summary>
internal enum CommitFault
{
    /// <summary>The transaction is aborted, and its producer may go on.</summary>
    Aborted,

    /// <summary>The producer is refused, the transaction not committed.</summary>
    FencedBefore,

    /// <summary>The transaction is committed, but the answer is lost.</summary>
    FencedAfter,
}
