using Pipeline.Shared.Encoding;
using Pipeline.Shared.Model;

namespace Pipeline.Aggregator.Emit.ServiceEdges;

/// <summary>What a client span's attributes say about the peer it calls (OpenTelemetry semantic conventions, old and new names).</summary>
internal readonly record struct EdgeAttributes(bool IsDatabase, string? Peer)
{
    // In the order of precedence.
    private static readonly string[] PeerKeys =
        ["peer.service", "service.peer.name", "server.address", "network.peer.address", "net.peer.name", "db.namespace", "db.name", "db.system.name", "db.system"];

    /// <summary>Reads them from an encoded span body.</summary>
    public static EdgeAttributes Read(ReadOnlySpan<byte> spanBody)
    {
        var reader = new AvroReader(spanBody);
        SpanHead.Read(ref reader);
        reader.ReadBytes();
        reader.ReadBytes();
        reader.ReadBytes();
        var best = PeerKeys.Length;
        string? peer = null;
        var database = false;
        while (reader.ReadBlock(out _) is var count and > 0)
            for (; count > 0; count--)
                ReadAttribute(ref reader, ref best, ref peer, ref database);
        return new EdgeAttributes(database, peer);
    }

    private static void ReadAttribute(ref AvroReader reader, ref int best, ref string? peer, ref bool database)
    {
        var key = reader.ReadBytes();
        var rank = Rank(key);
        if (rank < 0)
        {
            AvroSkip.Value(ref reader);
            return;
        }

        var value = ModelDecoder.ReadValue(ref reader);
        if (value.Kind != AttributeValueKind.String || value.AsString.Length == 0)
            return;
        database |= PeerKeys[rank].StartsWith("db.system", StringComparison.Ordinal);
        if (rank >= best)
            return;
        best = rank;
        peer = value.AsString;
    }

    private static int Rank(ReadOnlySpan<byte> key)
    {
        for (var i = 0; i < PeerKeys.Length; i++)
            if (key.Length == PeerKeys[i].Length && System.Text.Ascii.Equals(key, PeerKeys[i]))
                return i;
        return -1;
    }
}
