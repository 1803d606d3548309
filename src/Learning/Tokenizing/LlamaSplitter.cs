namespace Tppo.Learning.Tokenizing;

/// <summary>
/// The split of Llama 3 (up to three digits a piece) and Qwen 2 (one digit a piece):
/// <c>(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>.
/// </summary>
/// <param name="digits">How many digits a piece has at most.</param>
internal sealed class LlamaSplitter(int digits) : PieceSplitter
{
    /// <summary>The expression as <c>tokenizer.json</c> has it.</summary>
    internal static string Expression(int digits) =>
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}" + (digits == 1 ? "" : $"{{1,{digits}}}")
        + @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    protected override int Next(ReadOnlySpan<char> text)
    {
        if (Contraction(text) is var contraction and > 0) return contraction;
        var kind = CodePoints.KindAt(text, out var width);
        if (kind == CodePointKind.Letter) return CodePoints.Run(text, kind);
        if (kind == CodePointKind.Number) return CodePoints.Run(text, kind, digits);

        // One character that is neither goes with the letters behind it.
        if (text[0] is not ('\r' or '\n') && CodePoints.Run(text[width..], CodePointKind.Letter) is var letters and > 0) return width + letters;
        var space = text[0] == ' ' ? 1 : 0;
        if (CodePoints.Run(text[space..], CodePointKind.Other) is var others and > 0) return space + others + LineEnds(text[(space + others)..]);

        var run = CodePoints.Run(text, CodePointKind.Space);
        var lastLineEnd = text[..run].LastIndexOfAny('\r', '\n');
        return lastLineEnd >= 0 ? lastLineEnd + 1 : CodePoints.SpaceBeforeWord(text);
    }

    private static int LineEnds(ReadOnlySpan<char> text) => text.IndexOfAnyExcept('\r', '\n') is var end && end < 0 ? text.Length : end;

    // Whatever the case of its letters; ſ is an s by full case folding.
    private static int Contraction(ReadOnlySpan<char> text)
    {
        if (text.Length < 2 || text[0] != '\'') return 0;
        var (first, second) = (Lower(text[1]), text.Length > 2 ? Lower(text[2]) : '\0');
        if (first is 's' or 't' or 'm' or 'd') return 2;
        return (first, second) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 3 : 0;
    }

    private static char Lower(char c) => c == 'ſ' ? 's' : char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c;
}
