using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tppo.Core.Privacy;

/// <summary>
/// Replaces user ids by HMAC-SHA256 pseudonyms before the first topic, and gives each user the bucket by which
/// training and evaluation are split. Thread-safe.
/// </summary>
/// <param name="key">Secret key of the pseudonyms.</param>
/// <param name="salt">Secret salt of the buckets: another key moves nobody between training and evaluation.</param>
/// <param name="keyVersion">Names the key; goes into headers.</param>
public sealed class Pseudonyms(byte[] key, byte[] salt, string keyVersion)
{
    /// <summary>Buckets are 0 … 999.</summary>
    public const int BucketCount = 1000;

    /// <summary>Names the key.</summary>
    public string KeyVersion => keyVersion;

    /// <summary>Key and salt of a demonstration: made from its seed, so that a run is a function of its settings.</summary>
    public static Pseudonyms ForDemo(long seed) => new(
        Numerics.Digest.Sha256("tppo demo pseudonym key", seed.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        Numerics.Digest.Sha256("tppo demo bucket salt", seed.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        "demo");

    /// <summary>The user's pseudonym: 32 hex digits, the first half of the HMAC.</summary>
    public string Pseudonym(string user) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(user)).AsSpan(0, 16));

    /// <summary>The user's bucket: the first 8 bytes, big-endian, of SHA-256(salt ‖ user id), mod 1,000.</summary>
    public int Bucket(string user)
    {
        byte[] input = [.. salt, .. Encoding.UTF8.GetBytes(user)];
        return (int)(BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(input)) % BucketCount);
    }
}
