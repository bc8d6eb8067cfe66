namespace Pipeline.Shared.Hosting;

/// <summary>How log lines look.</summary>
public enum LogFormat
{
    /// <summary>One line an event, for people.</summary>
    Text,

    /// <summary>One JSON object an event, with event id and fields, for machines.</summary>
    Json,
}
