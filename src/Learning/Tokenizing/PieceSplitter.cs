using Microsoft.ML.Tokenizers;

namespace Tppo.Learning.Tokenizing;

/// <summary>Splits a text from its left into pieces that merges never cross; what a piece is, each kind says.</summary>
internal abstract class PieceSplitter : PreTokenizer
{
    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var length = Next(text.AsSpan(at));
            yield return (at, length);
            at += length;
        }
    }

    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => PreTokenize(text.ToString());

    /// <summary>How many chars the first piece of a text takes, at least one; the text is not empty.</summary>
    protected abstract int Next(ReadOnlySpan<char> text);
}
