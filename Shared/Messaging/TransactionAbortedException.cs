namespace Pipeline.Shared.Messaging;

/// <summary>A transaction was aborted; none of it is visible. Compute the step again from what is still held.</summary>
public sealed class TransactionAbortedException(string message, Exception? inner = null) : Exception(message, inner);
