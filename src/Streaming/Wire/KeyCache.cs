using System.Text;

namespace Tppo.Streaming.Wire;

/// <summary>
/// The same users come again and again: one string for each of the keys that were read lately. A slot a hash, the newest
/// key wins. Threads share it without a lock: a slot holds a whole string or none, and what is found is compared.
/// </summary>
internal sealed class KeyCache
{
    private const int Slots = 1 << 15;
    private const int KeyBytesMax = 64;

    private readonly string?[] slots = new string?[Slots];

    internal string Text(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > KeyBytesMax) return Encoding.UTF8.GetString(utf8);
        ref var slot = ref slots[Murmur2.Hash(utf8) & (Slots - 1)];
        if (slot is { } known && Ascii.Equals(utf8, known)) return known;
        return slot = Encoding.UTF8.GetString(utf8);
    }
}
