namespace Tppo.Learning.Tokenizing;

/// <summary>SmolLM's split: each digit is a piece, what lies between digits is split as by <see cref="WordSplitter"/>.</summary>
internal sealed class DigitSplitter : PieceSplitter
{
    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text)
    {
        foreach (var (offset, length) in base.PreTokenize(text))
        {
            foreach (var piece in WordSplitter.Split(text.Substring(offset, length))) yield return (offset + piece.Offset, piece.Length);
        }
    }

    protected override int Next(ReadOnlySpan<char> text)
    {
        if (CodePoints.KindAt(text, out var digit) == CodePointKind.Number) return digit;
        var at = digit;
        while (at < text.Length && CodePoints.KindAt(text[at..], out var width) != CodePointKind.Number) at += width;
        return at;
    }
}
