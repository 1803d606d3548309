using System.Globalization;
using System.Text;

namespace Tppo.Core.Text;

/// <summary>
/// People's and strangers' text as it may be shown on a terminal, in a line of a log or on a page: a character that steers the
/// output instead of being seen (controls such as ESC, direction overrides, line separators) stands as its number, <c>\u001b</c>.
/// </summary>
public static class Printable
{
    private const int MostInALine = 200;
    private const int ZeroWidthNonJoiner = 0x200C, ZeroWidthJoiner = 0x200D;

    /// <summary>The whole text.</summary>
    public static string Of(string text)
    {
        if (text.All(c => c is >= ' ' and <= '~')) return text;
        var shown = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Steers(rune)) shown.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
            else shown.Append(rune);
        }

        return shown.ToString();
    }

    /// <summary>As much of it as fits a line of a message.</summary>
    public static string Short(string text) => Of(text, MostInALine);

    /// <summary>At most so many characters of it, with an ellipsis where there are more.</summary>
    public static string Of(string text, int most) => text.Length <= most ? Of(text) : Of(text[..most]) + "…";

    // Joiners make letters and emoji what they are, and move nothing.
    private static bool Steers(Rune rune) => rune.Value is not (ZeroWidthJoiner or ZeroWidthNonJoiner) && Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
