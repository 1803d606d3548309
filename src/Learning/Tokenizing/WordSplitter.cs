using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace Tppo.Learning.Tokenizing;

/// <summary>
/// GPT-2's split of a text into pieces that merges never cross:
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>.
/// </summary>
/// <remarks>Written out over code points: .NET's regular expressions see halves of those beyond U+FFFF, which are no letters.</remarks>
internal sealed class WordSplitter : PreTokenizer
{
    private static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private enum Kind
    {
        Space,
        Letter,
        Number,
        Other,
    }

    internal static WordSplitter Instance { get; } = new();

    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) => Split(text);

    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => Split(text.ToString());

    internal static IEnumerable<(int Offset, int Length)> Split(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var length = Next(text.AsSpan(at));
            yield return (at, length);
            at += length;
        }
    }

    private static int Next(ReadOnlySpan<char> text)
    {
        foreach (var contraction in Contractions)
        {
            if (text.StartsWith(contraction, StringComparison.Ordinal)) return contraction.Length;
        }

        var kind = KindAt(text, out _);
        if (kind != Kind.Space) return Run(text, kind);
        if (text[0] == ' ' && text.Length > 1)
        {
            var following = KindAt(text[1..], out _);
            if (following != Kind.Space) return 1 + Run(text[1..], following);
        }

        // White space gives its last character to what follows it, unless that is all there is.
        var run = Run(text, Kind.Space);
        return run == text.Length || run == 1 ? run : run - 1;
    }

    private static int Run(ReadOnlySpan<char> text, Kind kind)
    {
        var at = 0;
        while (at < text.Length && KindAt(text[at..], out var width) == kind) at += width;
        return at;
    }

    private static Kind KindAt(ReadOnlySpan<char> text, out int width)
    {
        if (Rune.DecodeFromUtf16(text, out var rune, out width) != OperationStatus.Done) width = 1;
        if (Rune.IsWhiteSpace(rune)) return Kind.Space;
        return Rune.GetUnicodeCategory(rune) switch
        {
            <= UnicodeCategory.OtherLetter => Kind.Letter,
            >= UnicodeCategory.DecimalDigitNumber and <= UnicodeCategory.OtherNumber => Kind.Number,
            _ => Kind.Other,
        };
    }
}
