namespace Pipeline.Shared.Messaging;

/// <summary>A transactional producer can do no more: fenced by a newer one, refused for good, or past its deadline. Make a new one and take the partitions over afresh.</summary>
public sealed class ProducerFencedException(string message, Exception? inner = null) : Exception(message, inner);
