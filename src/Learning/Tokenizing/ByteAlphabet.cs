using System.Text;

namespace Tppo.Learning.Tokenizing;

/// <summary>
/// The printable stand-ins that byte-level BPE writes bytes with: a printable Latin-1 byte is itself, the 68 others are
/// U+0100 and on, in order. So every byte string is a text without spaces, and every token can stand in JSON.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] ToChar = Build();
    private static readonly Dictionary<char, byte> ToByte = Enumerable.Range(0, 256).ToDictionary(b => ToChar[b], b => (byte)b);

    /// <summary>The 256 bytes in the order of their stand-ins: the order of their ids.</summary>
    internal static IEnumerable<byte> InOrder => Enumerable.Range(0, 256).Select(b => (byte)b).OrderBy(b => ToChar[b]);

    internal static char Char(byte value) => ToChar[value];

    internal static string Write(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var b in bytes) text.Append(ToChar[b]);
        return text.ToString();
    }

    /// <summary>The bytes behind a token's text; null where a character stands for none.</summary>
    internal static byte[]? Read(string token)
    {
        var bytes = new byte[token.Length];
        for (var i = 0; i < token.Length; i++)
        {
            if (!ToByte.TryGetValue(token[i], out bytes[i])) return null;
        }

        return bytes;
    }

    private static char[] Build()
    {
        var chars = new char[256];
        var next = 256;
        for (var b = 0; b < 256; b++)
        {
            var printable = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            chars[b] = printable ? (char)b : (char)next++;
        }

        return chars;
    }
}
