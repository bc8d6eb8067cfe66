namespace Pipeline.Shared.Messaging;

/// <summary>A consumer can do no more: another member with the same instance id has taken its place, or the log refuses for good. What it owned is someone else's: commit nothing for it.</summary>
public sealed class ConsumerFencedException(string message, Exception? inner = null) : Exception(message, inner);
