namespace Pipeline.Shared.Encoding;

/// <summary>Bytes that are not what they should be: truncated, garbled, or of an unknown schema. The record belongs into the dead letters.</summary>
public sealed class EncodingException(string message, Exception? inner = null) : Exception(message, inner);
