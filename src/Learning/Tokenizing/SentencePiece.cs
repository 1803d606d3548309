using System.Globalization;

namespace Tppo.Learning.Tokenizing;

/// <summary>One token of a SentencePiece model.</summary>
/// <param name="Text">Its text; a space is U+2581.</param>
/// <param name="Score">How early it is merged.</param>
/// <param name="Kind">What it stands for.</param>
internal readonly record struct SentencePiece(string Text, float Score, SentencePieceKind Kind)
{
    /// <summary>The byte that a piece such as &lt;0x0A&gt; stands for.</summary>
    internal byte? Byte => Text.Length == 6 && Text.StartsWith("<0x", StringComparison.Ordinal) && Text[5] == '>'
        && byte.TryParse(Text.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : null;
}
