namespace Pipeline.Shared.Messaging;

/// <summary>
/// Proof of a consumer's place in its group, taken afresh for each transaction: a transaction that carries an outdated one is refused as a whole (KIP-447).
/// Opaque to everybody but the log that gave it.
/// </summary>
public abstract class GroupMembership;
