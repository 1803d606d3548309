using System.Text;
using CsCheck;
using Tppo.Core.Judging;
using Tppo.Core.Text;

namespace Tppo.Core.Tests;

/// <summary>
/// A response of any Unicode, its UTF-8 cut into tokens anywhere (inside characters, across words, into nothing), special tokens and
/// padding behind it, and a category for each word. What it says of bytes and words is read from the design, not from the product.
/// </summary>
internal sealed record TokenisedResponse(byte[] Utf8, byte[][] Tokens, int Specials, Category[] CategoryOfWord)
{
    // White_Space of Unicode's PropList, written out.
    private static readonly int[] WhiteSpace =
    [
        0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200A,
        0x2028, 0x2029, 0x202F, 0x205F, 0x3000,
    ];

    // The last two lines look like white space or separators, and are neither.
    private static readonly string[] Letters =
    [
        "a", "b", "trail", "42", "x-y", "c++", "--", "é", "e\u0301", "q\u0323\u0307", "\u0301", "ﬁ", "ß", "İ", "日本", "検索", "한국어", "ไทย", "हिन्दी",
        "שלום", "مرحبا", "\u202Eabc\u202C", "\u200F", "👟", "👩\u200D👩\u200D👧\u200D👦", "🏳\uFE0F\u200D🌈", "🇫🇷", "👍🏽", "𝒳",
        "\uFFFD", "\uFFFF", "\U0010FFFF",
        "\0", "\u0001", "\u001B", "\u001C", "\u001F", "\u007F", "\u0080", "\u009F", "\u200B", "\u2060", "\uFEFF", "\u180E", "\u00AD",
        "，", "、", "،", "﹐", "‚", "︐", "⸲", "⹁", ";",
    ];

    private static readonly Gen<string> AnyCharacter =
        Gen.Int[0, 0x10FFFF].Where(c => c is < 0xD800 or > 0xDFFF).Select(char.ConvertFromUtf32);

    private static readonly Gen<string> Spaces = Gen.OneOf(WhiteSpace).Select(char.ConvertFromUtf32);

    private static readonly Gen<string> Separators = Gen.OneOf(",", ", ", ",,", " , ");

    private static readonly Gen<string> Pieces =
        Gen.Frequency((5, Gen.OneOf(Letters)), (1, AnyCharacter), (3, Spaces), (3, Gen.Const(" ")), (2, Separators));

    private static readonly Gen<string> Texts = Gen.Frequency(
        (12, Pieces.Array[0, 14].Select(string.Concat)), (1, Gen.OneOf(Spaces, Separators).Array[0, 8].Select(string.Concat)));

    /// <summary>A response cut in one way.</summary>
    public static readonly Gen<TokenisedResponse> Any =
        from text in Texts
        from response in Cut(Encoding.UTF8.GetBytes(text))
        select response;

    /// <summary>The same response, the same categories, cut in two ways.</summary>
    public static readonly Gen<(TokenisedResponse, TokenisedResponse)> Twice =
        from first in Any
        from second in Cut(first.Utf8)
        select (first, second with { CategoryOfWord = first.CategoryOfWord });

    /// <summary>First byte of each token, and at the end how many bytes there are.</summary>
    public int[] Boundaries => [0, .. Tokens.Select((_, t) => Tokens.Take(t + 1).Sum(token => token.Length))];

    /// <summary>For each byte the word that it is of; −1: of white space or a separator.</summary>
    public int[] WordOfByte => WordsOf(Utf8);

    /// <summary>What the product makes of it, by the way that a sampled response takes.</summary>
    public (int[] Words, Category[] Categories) Aligned()
    {
        var response = ResponseText.Of([.. Tokens.Select(t => (ReadOnlyMemory<byte>)t)]);
        var words = Alignment.WordOfToken(Words.Split(response.Text), response.ByteStarts, response.ByteEnds);
        return (words, Alignment.CategoryOfToken(words, CategoryOfWord));
    }

    /// <summary>How many bytes of each word a token holds, words in order.</summary>
    public (int Word, int Bytes)[] HeldBy(int token)
    {
        var of = WordOfByte[Boundaries[token]..Boundaries[token + 1]];
        return [.. of.Where(w => w >= 0).Distinct().Order().Select(w => (w, of.Count(x => x == w)))];
    }

    /// <summary>For each byte of UTF-8 its word: a run of characters that are neither white space nor a comma.</summary>
    public static int[] WordsOf(byte[] utf8)
    {
        var words = new int[utf8.Length];
        var (last, inside) = (-1, false);
        for (var i = 0; i < utf8.Length;)
        {
            var length = utf8[i] switch { < 0x80 => 1, < 0xE0 => 2, < 0xF0 => 3, _ => 4 };
            var code = length == 1 ? utf8[i] : utf8[i] & (0x7F >> length);
            foreach (var next in utf8.AsSpan(i + 1, length - 1)) code = (code << 6) | (next & 0x3F);
            var apart = code == ',' || WhiteSpace.Contains(code);
            if (!apart && !inside) last++;
            inside = !apart;
            words.AsSpan(i, length).Fill(inside ? last : -1);
            i += length;
        }

        return words;
    }

    private static Gen<TokenisedResponse> Cut(byte[] utf8) =>
        from cuts in Gen.Int[0, utf8.Length].Array[0, utf8.Length + 4]
        from specials in Gen.Int[0, 3]
        from categories in Gen.Enum<Category>().Array[WordsOf(utf8).Append(-1).Max() + 1]
        let tokens = At(utf8, [.. cuts.Order(), utf8.Length]).Concat(Enumerable.Repeat(Array.Empty<byte>(), specials))
        select new TokenisedResponse(utf8, [.. tokens], specials, categories);

    private static IEnumerable<byte[]> At(byte[] utf8, int[] ends) => ends.Select((end, i) => utf8[(i == 0 ? 0 : ends[i - 1])..end]);
}
