using Pipeline.Shared.Messaging;

namespace Pipeline.Aggregator.Emit;

/// <summary>A record that could not be read, and why.</summary>
internal sealed record UnreadableRecord(Record Record, string Reason);
