namespace Pipeline.Shared.Messaging;

/// <summary>A named value beside a record's own bytes.</summary>
/// <param name="Key">The name; may repeat, the last one counts.</param>
/// <param name="Value">The bytes, text as UTF-8.</param>
public readonly record struct RecordHeader(string Key, byte[] Value);
