namespace Pipeline.Collector.Receive;

/// <summary>A request body beyond a limit; the message names the limit.</summary>
internal sealed class RequestTooLargeException(string message) : Exception(message);
