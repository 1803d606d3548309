using System.Buffers.Binary;
using System.Numerics;

namespace Tppo.Core.Numerics;

/// <summary>
/// The project's own generator: xoshiro256** seeded by SHA-256 of (purpose, seed, keys), so that the same names give
/// the same draws on every machine and in every version. Not thread-safe; not for secrets.
/// </summary>
/// <remarks>
/// Streams are told apart by name, never by how far another stream was read: any user, window or response can be
/// drawn alone. Source: Blackman and Vigna, "Scrambled linear pseudorandom number generators" (2021).
/// </remarks>
public sealed class SeededRandom
{
    private ulong s0, s1, s2, s3;
    private double? spareGaussian;

    private SeededRandom(ReadOnlySpan<byte> state32)
    {
        s0 = BinaryPrimitives.ReadUInt64LittleEndian(state32);
        s1 = BinaryPrimitives.ReadUInt64LittleEndian(state32[8..]);
        s2 = BinaryPrimitives.ReadUInt64LittleEndian(state32[16..]);
        s3 = BinaryPrimitives.ReadUInt64LittleEndian(state32[24..]) | 1; // never the all-zero state
    }

    /// <summary>A stream of its own for (purpose, seed, keys).</summary>
    public static SeededRandom For(string purpose, long seed, params ReadOnlySpan<string> keys)
    {
        var parts = new string[keys.Length + 2];
        parts[0] = purpose;
        parts[1] = seed.ToString(System.Globalization.CultureInfo.InvariantCulture);
        keys.CopyTo(parts.AsSpan(2));
        return new SeededRandom(Digest.Sha256(parts));
    }

    /// <summary>64 uniform bits.</summary>
    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(s1 * 5, 7) * 9;
        var t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = BitOperations.RotateLeft(s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, 1), a multiple of 2⁻²⁴: exact as a float.</summary>
    public float NextSingle() => (NextUInt64() >> 40) * (1.0f / (1 << 24));

    /// <summary>Uniform in 0 … <paramref name="exclusiveMax"/> − 1, without modulo bias.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bound is not positive.</exception>
    public int NextInt(int exclusiveMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveMax);
        var bound = (ulong)exclusiveMax;
        var threshold = (0 - bound) % bound;
        while (true)
        {
            var high = Math.BigMul(NextUInt64(), bound, out var low);
            if (low >= threshold) return (int)high;
        }
    }

    /// <summary>True with the given probability.</summary>
    public bool NextBool(double probability) => NextDouble() < probability;

    /// <summary>Standard normal, by the polar method on <see cref="PortableMath"/>.</summary>
    public double NextGaussian()
    {
        if (spareGaussian is { } spare)
        {
            spareGaussian = null;
            return spare;
        }

        while (true)
        {
            var u = (2 * NextDouble()) - 1;
            var v = (2 * NextDouble()) - 1;
            var s = (u * u) + (v * v);
            if (s is >= 1 or 0) continue;
            var factor = Math.Sqrt(-2 * PortableMath.Log(s) / s);
            spareGaussian = v * factor;
            return u * factor;
        }
    }

    /// <summary>Exponential with the given mean.</summary>
    public double NextExponential(double mean) => -mean * PortableMath.Log(1 - NextDouble());

    /// <summary>Gamma with a whole-number shape and scale 1: the sum of that many exponentials.</summary>
    public double NextGamma(int shape)
    {
        var sum = 0.0;
        for (var i = 0; i < shape; i++) sum += NextExponential(1);
        return sum;
    }

    /// <summary>An index drawn in proportion to its weight.</summary>
    public int NextIndex(ReadOnlySpan<double> weights)
    {
        var total = 0.0;
        foreach (var w in weights) total += w;
        var target = NextDouble() * total;
        for (var i = 0; i < weights.Length - 1; i++)
        {
            target -= weights[i];
            if (target < 0) return i;
        }

        return weights.Length - 1;
    }

    /// <summary>Fisher–Yates in place.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = NextInt(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary><paramref name="count"/> different items, in drawn order.</summary>
    public T[] Sample<T>(ReadOnlySpan<T> items, int count)
    {
        var copy = items.ToArray();
        for (var i = 0; i < count; i++)
        {
            var j = i + NextInt(copy.Length - i);
            (copy[i], copy[j]) = (copy[j], copy[i]);
        }

        return copy[..count];
    }
}
