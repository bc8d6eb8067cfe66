namespace Pipeline.Shared.Messaging;

/// <summary>What a partition holds.</summary>
/// <param name="Start">The oldest offset still there.</param>
/// <param name="CommittedEnd">One past the last record that readers of committed records can see (Kafka's last stable offset).</param>
/// <param name="End">One past the last record of all, open transactions included (Kafka's high watermark).</param>
public readonly record struct LogRange(long Start, long CommittedEnd, long End);
