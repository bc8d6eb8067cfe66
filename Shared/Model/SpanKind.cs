namespace Pipeline.Shared.Model;

/// <summary>What a span's operation is to its neighbours; the numbers are OTLP's (trace.proto, Span.SpanKind).</summary>
public enum SpanKind
{
    /// <summary>Not said; may be read as <see cref="Internal"/>.</summary>
    Unspecified = 0,

    /// <summary>An operation inside one service.</summary>
    Internal = 1,

    /// <summary>Answers a request of another service.</summary>
    Server = 2,

    /// <summary>Calls another service.</summary>
    Client = 3,

    /// <summary>Sends a message.</summary>
    Producer = 4,

    /// <summary>Receives or handles a message.</summary>
    Consumer = 5,
}
