namespace Tppo.Learning.Tokenizing;

/// <summary>
/// GPT-2's split of a text into pieces that merges never cross:
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>.
/// </summary>
internal sealed class WordSplitter : PieceSplitter
{
    private static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    internal static WordSplitter Instance { get; } = new();

    /// <summary>The pieces of a text.</summary>
    internal static IEnumerable<(int Offset, int Length)> Split(string text) => Instance.PreTokenize(text);

    protected override int Next(ReadOnlySpan<char> text)
    {
        foreach (var contraction in Contractions)
        {
            if (text.StartsWith(contraction, StringComparison.Ordinal)) return contraction.Length;
        }

        var kind = CodePoints.KindAt(text, out _);
        if (kind != CodePointKind.Space) return CodePoints.Run(text, kind);
        if (text[0] == ' ' && text.Length > 1)
        {
            var following = CodePoints.KindAt(text[1..], out _);
            if (following != CodePointKind.Space) return 1 + CodePoints.Run(text[1..], following);
        }

        return CodePoints.SpaceBeforeWord(text);
    }
}
