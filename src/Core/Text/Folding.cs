using System.Globalization;
using System.Text;

namespace Tppo.Core.Text;

/// <summary>
/// Text as it is compared: NFKC, full case folding, and without characters that nobody sees (variation selectors, zero-width and
/// directional marks, soft hyphens). Inside emoji, joiners and tags stay: they say which emoji it is.
/// </summary>
public static class Folding
{
    private const int Joiner = 0x200D;

    /// <summary>Folds a text.</summary>
    public static string Of(string text) => Visible(CaseFolded(text.Normalize(NormalizationForm.FormKC))).Normalize(NormalizationForm.FormKC);

    // Upper then lower: final and medial forms of a letter meet. What full folding makes two letters of, after NFKC, is ß, İ and
    // the Greek vowels with a iota below.
    private static string CaseFolded(string text)
    {
        var folded = text.ToUpperInvariant().ToLowerInvariant()
            .Replace("ß", "ss", StringComparison.Ordinal)
            .Replace("ẞ", "ss", StringComparison.Ordinal)
            .Replace("\u0130", "i\u0307", StringComparison.Ordinal);
        return folded.AsSpan().IndexOfAnyInRange('\u1F80', '\u1FFF') < 0 && !folded.Contains('\u0345', StringComparison.Ordinal)
            ? folded
            : folded.Normalize(NormalizationForm.FormD).Replace('\u0345', 'ι');
    }

    private static string Visible(string text)
    {
        if (!text.EnumerateRunes().Any(r => IsIgnorable(r.Value))) return text;
        var kept = new StringBuilder(text.Length);
        var emoji = false;
        foreach (var rune in text.EnumerateRunes())
        {
            var joins = rune.Value == Joiner || IsTag(rune.Value);
            if (IsIgnorable(rune.Value) && !(joins && emoji)) continue;
            emoji = joins || IsEmojiPart(rune);
            kept.Append(rune.ToString());
        }

        return kept.ToString().TrimEnd((char)Joiner);
    }

    private static bool IsEmojiPart(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherSymbol or UnicodeCategory.ModifierSymbol;

    private static bool IsTag(int rune) => rune is >= 0xE0020 and <= 0xE007F;

    // Unicode's Default_Ignorable_Code_Point, but for fillers of Hangul.
    private static bool IsIgnorable(int rune) => rune is 0x00AD or 0x034F or 0x061C or 0x17B4 or 0x17B5 or 0xFEFF
        or (>= 0x180B and <= 0x180F) or (>= 0x200B and <= 0x200F) or (>= 0x202A and <= 0x202E) or (>= 0x2060 and <= 0x206F)
        or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0000 and <= 0xE0FFF);
}
