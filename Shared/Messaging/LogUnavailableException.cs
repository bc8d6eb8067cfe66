namespace Pipeline.Shared.Messaging;

/// <summary>The log did not answer a question in time (offsets, metadata). Try again later.</summary>
public sealed class LogUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
