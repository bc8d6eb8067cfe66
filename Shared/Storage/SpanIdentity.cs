using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;

namespace Pipeline.Shared.Storage;

/// <summary>
/// Tells spans apart that share trace and span id: a 64-bit hash of the encoded span, its resource and its scope. The head-sampling threshold is left out: it is
/// this pipeline's stamp, and a client's retry may get another one.
/// </summary>
internal static class SpanIdentity
{
    /// <summary>The hash of a span's body (<see cref="ModelEncoder.WriteSpanBody"/>) with the hashes of its resource and scope.</summary>
    public static ulong Of(ReadOnlySpan<byte> spanBody, ulong resourceHash, ulong scopeHash)
    {
        var reader = new AvroReader(spanBody);
        SkipToThreshold(ref reader);
        var before = reader.Position;
        ModelDecoder.ReadThreshold(ref reader);
        var hash = ContentHash.Of(spanBody[..before], ContentHash.Join(resourceHash, scopeHash));
        return ContentHash.Of(spanBody[reader.Position..], hash);
    }

    private static void SkipToThreshold(ref AvroReader reader)
    {
        reader.ReadRaw(TraceId.LengthBytes + SpanId.LengthBytes);
        if (reader.ReadIndex(2) != 0)
            reader.ReadRaw(SpanId.LengthBytes);
        for (var i = 0; i < 4; i++) // kind, start, end, status
            reader.ReadLong();
    }
}
