using System.Buffers.Binary;
using System.Numerics;

namespace Pipeline.Shared.Storage;

/// <summary>
/// MurmurHash64A (Austin Appleby, public domain): a fast 64-bit hash that is the same on every machine, so that stored identities hold for ever. Not for
/// keeping secrets apart.
/// </summary>
internal static class ContentHash
{
    private const ulong Multiplier = 0xc6a4a7935bd1e995;
    private const int Shift = 47;

    /// <summary>The hash of bytes; a seed chains several pieces.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes, ulong seed = 0)
    {
        var hash = seed ^ ((ulong)bytes.Length * Multiplier);
        for (; bytes.Length >= 8; bytes = bytes[8..])
            hash = (hash ^ Mix(BinaryPrimitives.ReadUInt64LittleEndian(bytes))) * Multiplier;
        if (!bytes.IsEmpty)
            hash = (hash ^ Tail(bytes)) * Multiplier;
        hash = (hash ^ (hash >> Shift)) * Multiplier;
        return hash ^ (hash >> Shift);
    }

    /// <summary>The hash of a key and a value.</summary>
    public static ulong OfPair(string key, string value) => Of(value, Of(key, 0));

    /// <summary>The hash joined with another one, the order of the two mattering.</summary>
    public static ulong Join(ulong first, ulong second) => (BitOperations.RotateLeft(first, 29) ^ second) * Multiplier;

    private static ulong Of(string text, ulong seed)
    {
        Span<byte> small = stackalloc byte[512];
        if (text.Length <= small.Length / 3)
            return Of(small[..System.Text.Encoding.UTF8.GetBytes(text, small)], seed);
        return Of(System.Text.Encoding.UTF8.GetBytes(text), seed);
    }

    private static ulong Mix(ulong word)
    {
        word *= Multiplier;
        return (word ^ (word >> Shift)) * Multiplier;
    }

    private static ulong Tail(ReadOnlySpan<byte> bytes)
    {
        ulong tail = 0;
        for (var i = bytes.Length - 1; i >= 0; i--)
            tail = (tail << 8) | bytes[i];
        return tail;
    }
}
