namespace Pipeline.Collector.Receive;

/// <summary>The reasons in words: labels for metrics, sentences for clients.</summary>
internal static class RejectionReasons
{
    private static readonly string[] Labels =
    [
        "none", "invalid_trace_id", "invalid_span_id", "invalid_parent_span_id", "invalid_link", "invalid_utf8", "too_many_attributes",
        "attribute_key_too_large", "attribute_too_large", "attribute_too_deep", "span_too_large",
    ];

    public static string Label(this RejectionReason reason) => Labels[(int)reason];

    public static string Describe(this RejectionReason reason, CollectorOptions options) => reason switch
    {
        RejectionReason.InvalidTraceId => "trace_id must be 16 bytes, not all zero",
        RejectionReason.InvalidSpanId => "span_id must be 8 bytes, not all zero",
        RejectionReason.InvalidParentSpanId => "parent_span_id must be empty or 8 bytes",
        RejectionReason.InvalidLink => "trace_id and span_id of a link must be 16 and 8 bytes",
        RejectionReason.InvalidUtf8 => "a string is not valid UTF-8",
        RejectionReason.TooManyAttributes => $"more than {options.MaxAttributes} attributes (Collector:MaxAttributes)",
        RejectionReason.AttributeKeyTooLarge => $"an attribute's key of more than {options.MaxAttributeKeyBytes} bytes (Collector:MaxAttributeKeyBytes)",
        RejectionReason.AttributeTooLarge => $"an attribute's value of more than {options.MaxAttributeValueBytes} bytes (Collector:MaxAttributeValueBytes)",
        RejectionReason.AttributeTooDeep => $"an attribute's value nests deeper than {options.MaxAttributeDepth} (Collector:MaxAttributeDepth)",
        RejectionReason.SpanTooLarge => $"a span of more than {options.MaxRecordBytes} bytes with its resource and scope (Collector:MaxRecordBytes)",
        _ => "accepted",
    };
}
