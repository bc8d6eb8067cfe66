namespace Pipeline.Collector.Receive;

/// <summary>Why a span of a sound request is not accepted.</summary>
internal enum RejectionReason
{
    None,
    InvalidTraceId,
    InvalidSpanId,
    InvalidParentSpanId,
    InvalidLink,
    InvalidUtf8,
    TooManyAttributes,
    AttributeKeyTooLarge,
    AttributeTooLarge,
    AttributeTooDeep,
    SpanTooLarge,
}
