using System.Globalization;

namespace Pipeline.Shared.Messaging;

/// <summary>What a dead letter says about itself, in headers of text; key and value are the original's.</summary>
public static class DeadLetterHeaders
{
    /// <summary>The topic that the record came from.</summary>
    public const string Topic = "dead-letter-topic";

    /// <summary>Its partition there.</summary>
    public const string Partition = "dead-letter-partition";

    /// <summary>Its offset there.</summary>
    public const string Offset = "dead-letter-offset";

    /// <summary>Its timestamp there, in milliseconds since the Unix epoch.</summary>
    public const string Timestamp = "dead-letter-timestamp";

    /// <summary>Why it could not be processed.</summary>
    public const string Reason = "dead-letter-reason";

    /// <summary>Headers for a record: its own, then these.</summary>
    public static IReadOnlyList<RecordHeader> For(Record record, string reason) =>
    [
        .. record.Headers,
        Text(Topic, record.Partition.Topic),
        Text(Partition, record.Partition.Partition.ToString(CultureInfo.InvariantCulture)),
        Text(Offset, record.Offset.ToString(CultureInfo.InvariantCulture)),
        Text(Timestamp, record.TimestampMs.ToString(CultureInfo.InvariantCulture)),
        Text(Reason, reason),
    ];

    private static RecordHeader Text(string key, string value) => new(key, System.Text.Encoding.UTF8.GetBytes(value));
}
