using Pipeline.Shared.Model;

namespace Pipeline.Query.Search;

/// <summary>Trace ids as clients write them: 1 to 32 hex digits, or 8 or 16 bytes in base64 of either alphabet, padded or not (as protobuf's JSON has them).</summary>
internal static class TraceIdText
{
    /// <summary>Reads an id; false for anything else and for the all-zero id, which names no trace.</summary>
    public static bool TryParse(string text, out TraceId id) => (TraceId.TryParse(text, out id) || TryParseBase64(text, out id)) && !id.IsEmpty;

    private static bool TryParseBase64(string text, out TraceId id)
    {
        id = default;
        if (text.Length is < 11 or > 24)
            return false;
        var padded = text.TrimEnd('=').Replace('-', '+').Replace('_', '/');
        padded = padded.PadRight((padded.Length + 3) / 4 * 4, '=');
        Span<byte> bytes = stackalloc byte[TraceId.LengthBytes + 2];
        if (!Convert.TryFromBase64String(padded, bytes, out var length))
            return false;
        if (length == TraceId.LengthBytes)
            id = TraceId.Read(bytes);
        else if (length == TraceId.LengthBytes / 2)
            id = new TraceId(0, SpanId.Read(bytes).Value);
        else
            return false;
        return true;
    }
}
