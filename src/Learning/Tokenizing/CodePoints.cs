using System.Buffers;
using System.Globalization;
using System.Text;

namespace Tppo.Learning.Tokenizing;

/// <summary>Kinds of code points. .NET's regular expressions see halves of those beyond U+FFFF, which are no letters.</summary>
internal static class CodePoints
{
    /// <summary>The kind of a text's first code point, and how many chars it takes; half a pair is one of U+FFFD.</summary>
    internal static CodePointKind KindAt(ReadOnlySpan<char> text, out int width)
    {
        if (Rune.DecodeFromUtf16(text, out var rune, out width) != OperationStatus.Done) width = 1;
        if (Rune.IsWhiteSpace(rune)) return CodePointKind.Space;
        return Rune.GetUnicodeCategory(rune) switch
        {
            <= UnicodeCategory.OtherLetter => CodePointKind.Letter,
            >= UnicodeCategory.DecimalDigitNumber and <= UnicodeCategory.OtherNumber => CodePointKind.Number,
            _ => CodePointKind.Other,
        };
    }

    /// <summary>How many chars the code points of one kind take at a text's beginning.</summary>
    internal static int Run(ReadOnlySpan<char> text, CodePointKind kind)
    {
        var at = 0;
        while (at < text.Length && KindAt(text[at..], out var width) == kind) at += width;
        return at;
    }

    /// <summary>The same, of at most so many code points.</summary>
    internal static int Run(ReadOnlySpan<char> text, CodePointKind kind, int most)
    {
        var at = 0;
        for (; most > 0 && at < text.Length && KindAt(text[at..], out var width) == kind; most--) at += width;
        return at;
    }

    /// <summary>White space gives its last character to what follows it, unless that is all there is: <c>\s+(?!\S)|\s+</c>.</summary>
    internal static int SpaceBeforeWord(ReadOnlySpan<char> text)
    {
        var run = Run(text, CodePointKind.Space);
        return run == text.Length || run == 1 ? run : run - 1;
    }
}
