namespace Pipeline.Shared.Encoding;

/// <summary>The 64-bit Rabin fingerprint of Avro schemas (Avro specification, "Schema fingerprints").</summary>
public static class Crc64Avro
{
    private const ulong EmptyFingerprint = 0xc15d213aa4d7a795;
    private static readonly ulong[] Table = BuildTable();

    /// <summary>The fingerprint of these bytes.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var fingerprint = EmptyFingerprint;
        foreach (var b in bytes)
            fingerprint = (fingerprint >> 8) ^ Table[(byte)(fingerprint ^ b)];
        return fingerprint;
    }

    private static ulong[] BuildTable()
    {
        var table = new ulong[256];
        for (var i = 0; i < table.Length; i++)
        {
            var fingerprint = (ulong)i;
            for (var bit = 0; bit < 8; bit++)
                fingerprint = (fingerprint >> 1) ^ (EmptyFingerprint & (0 - (fingerprint & 1)));
            table[i] = fingerprint;
        }

        return table;
    }
}
