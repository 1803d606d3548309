using System.Security.Cryptography;
using System.Text;

namespace Tppo.Core.Cuts;

/// <summary>Hashes by which a cut knows its records, whatever backend and offsets they have.</summary>
public static class RecordHash
{
    /// <summary>SHA-256(ce_id ‖ SHA-256(value)), in hex.</summary>
    public static string Of(string ceId, ReadOnlySpan<byte> value)
    {
        var idBytes = Encoding.UTF8.GetByteCount(ceId);
        Span<byte> input = idBytes <= 256 ? stackalloc byte[idBytes + 32] : new byte[idBytes + 32];
        Encoding.UTF8.GetBytes(ceId, input);
        SHA256.HashData(value, input[idBytes..]);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(input, hash);
        return Convert.ToHexStringLower(hash);
    }

    /// <summary>SHA-256 over the hashes (as bytes) in the given order, in hex.</summary>
    public static string Digest(IEnumerable<string> hashes)
    {
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var hash in hashes) sum.AppendData(Convert.FromHexString(hash));
        return Convert.ToHexStringLower(sum.GetHashAndReset());
    }

    /// <summary>The same over the hashes sorted: names what a step consumed without offsets or partitions.</summary>
    public static string SortedDigest(IEnumerable<string> hashes) => Digest(hashes.Order(StringComparer.Ordinal));
}
