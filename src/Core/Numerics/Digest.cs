using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tppo.Core.Numerics;

/// <summary>SHA-256 over strings joined by 0x0A, in the forms in which ids, seeds and orders are made of it.</summary>
public static class Digest
{
    /// <summary>32 bytes: SHA-256 of the parts as UTF-8, joined by 0x0A.</summary>
    public static byte[] Sha256(params ReadOnlySpan<string> parts)
    {
        var length = parts.Length - 1;
        foreach (var part in parts) length += Encoding.UTF8.GetByteCount(part);
        var buffer = length <= 1024 ? stackalloc byte[length] : new byte[length];
        var at = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            if (i > 0) buffer[at++] = 0x0A;
            at += Encoding.UTF8.GetBytes(parts[i], buffer[at..]);
        }

        return SHA256.HashData(buffer);
    }

    /// <summary>The same as 64 lower-case hex digits.</summary>
    public static string Sha256Hex(params ReadOnlySpan<string> parts) => Hex(Sha256(parts));

    /// <summary>Lower-case hex.</summary>
    public static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>A seed for (run seed, names): the first eight bytes of the digest, as a non-negative number.</summary>
    public static long Seed(long runSeed, params ReadOnlySpan<string> names)
    {
        var parts = new string[names.Length + 1];
        parts[0] = runSeed.ToString(System.Globalization.CultureInfo.InvariantCulture);
        names.CopyTo(parts.AsSpan(1));
        return BinaryPrimitives.ReadInt64BigEndian(Sha256(parts)) & long.MaxValue;
    }
}
