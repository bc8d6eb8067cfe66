using System.Buffers.Binary;

namespace Pipeline.Shared.Messaging;

/// <summary>
/// The partition of a key as the Java client's default partitioner picks it (murmur2, seed 0x9747b28c), so that a producer in any language that keys by the
/// 16 trace-id bytes lands in the same place.
/// </summary>
public static class Murmur2Partitioner
{
    /// <summary>The partition of a key, 0 to <paramref name="partitionCount"/> − 1.</summary>
    public static int PartitionOf(ReadOnlySpan<byte> key, int partitionCount) => (int)((Hash(key) & 0x7fffffff) % (uint)partitionCount);

    /// <summary>The 32-bit hash itself.</summary>
    public static uint Hash(ReadOnlySpan<byte> key)
    {
        const uint multiplier = 0x5bd1e995;
        var hash = 0x9747b28c ^ (uint)key.Length;
        while (key.Length >= 4)
        {
            var word = BinaryPrimitives.ReadUInt32LittleEndian(key) * multiplier;
            word = (word ^ (word >> 24)) * multiplier;
            hash = (hash * multiplier) ^ word;
            key = key[4..];
        }

        if (key.Length > 0)
        {
            for (var i = key.Length - 1; i >= 0; i--)
                hash ^= (uint)key[i] << (8 * i);
            hash *= multiplier;
        }

        hash = (hash ^ (hash >> 13)) * multiplier;
        return hash ^ (hash >> 15);
    }
}
