using System.Buffers.Binary;

namespace Tppo.Streaming.Wire;

/// <summary>
/// The key partitioner of Kafka's Java client: 32-bit MurmurHash2 with seed 0x9747B28C, sign bit cleared, modulo the
/// number of partitions. Every Java producer puts a key where this does, so both can write to one topic.
/// </summary>
public static class Murmur2
{
    private const uint Seed = 0x9747B28C;
    private const uint Multiplier = 0x5BD1E995;

    /// <summary>The partition of a key, from 0 to <paramref name="partitions"/> − 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="partitions"/> is not positive.</exception>
    public static int Partition(ReadOnlySpan<byte> key, int partitions)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(partitions);
        return (Hash(key) & int.MaxValue) % partitions;
    }

    /// <summary>The hash itself, as Java's signed 32-bit number.</summary>
    public static int Hash(ReadOnlySpan<byte> key)
    {
        var hash = Seed ^ (uint)key.Length;
        while (key.Length >= 4)
        {
            var word = BinaryPrimitives.ReadUInt32LittleEndian(key) * Multiplier;
            word = (word ^ (word >> 24)) * Multiplier;
            hash = (hash * Multiplier) ^ word;
            key = key[4..];
        }

        if (key.Length > 0)
        {
            for (var i = key.Length - 1; i >= 0; i--) hash ^= (uint)key[i] << (8 * i);
            hash *= Multiplier;
        }

        hash = (hash ^ (hash >> 13)) * Multiplier;
        return (int)(hash ^ (hash >> 15));
    }
}
