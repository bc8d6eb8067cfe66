using System.Buffers.Binary;
using System.Buffers.Text;
using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage.Elasticsearch;

/// <summary>
/// Ids that are the same whenever the same thing is written, so that <c>create</c> absorbs every redelivery. 24 bytes in base64url; spans begin with their
/// start in seconds, so that a look-up stays in new segments.
/// </summary>
internal static class DocumentId
{
    private const int LengthBytes = 24;

    /// <summary>A span: start in seconds (4), low half of the trace id (8), span id (8), hash of the content (4).</summary>
    public static string OfSpan(Span span, ulong identity)
    {
        Span<byte> id = stackalloc byte[LengthBytes];
        BinaryPrimitives.WriteUInt32BigEndian(id, (uint)(span.StartTimeUnixNano / 1_000_000_000));
        BinaryPrimitives.WriteUInt64BigEndian(id[4..], span.TraceId.Low);
        span.SpanId.Write(id[12..]);
        BinaryPrimitives.WriteUInt32BigEndian(id[20..], (uint)(identity ^ (identity >> 32)));
        return ToText(id);
    }

    /// <summary>A summary of one piece: trace id (16), source offset (8).</summary>
    public static string OfSummary(TraceId traceId, long sourceOffset)
    {
        Span<byte> id = stackalloc byte[LengthBytes];
        traceId.Write(id);
        BinaryPrimitives.WriteInt64BigEndian(id[16..], sourceOffset);
        return ToText(id);
    }

    private static string ToText(ReadOnlySpan<byte> id)
    {
        Span<byte> text = stackalloc byte[Base64Url.GetEncodedLength(LengthBytes)];
        Base64Url.EncodeToUtf8(id, text);
        return System.Text.Encoding.ASCII.GetString(text);
    }
}
