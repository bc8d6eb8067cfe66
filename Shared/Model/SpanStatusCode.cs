namespace Pipeline.Shared.Model;

/// <summary>How an operation ended; the numbers are OTLP's (trace.proto, Status.StatusCode).</summary>
public enum SpanStatusCode
{
    /// <summary>Not set by anyone.</summary>
    Unset = 0,

    /// <summary>Set to success by the application.</summary>
    Ok = 1,

    /// <summary>Failed.</summary>
    Error = 2,
}
