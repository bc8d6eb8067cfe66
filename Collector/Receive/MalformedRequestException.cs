namespace Pipeline.Collector.Receive;

/// <summary>A request body that cannot be decoded; the message names the field or the place.</summary>
internal sealed class MalformedRequestException(string message) : Exception(message);
