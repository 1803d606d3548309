using System.Buffers;
using System.Globalization;
using System.Text;

namespace Tppo.Core.Judging.Prompts;

/// <summary>
/// People's text as it may stand in a prompt: on one line, in quotes, and unable to be taken for anything but data. What nobody sees is
/// left out; what looks like a tag, a slot, a heading, a fence or a chat's own marks is written as JSON's numbers, so that it reads
/// back to what it was.
/// </summary>
public static class PromptText
{
    // What is escaped, always or in some places.
    private static readonly SearchValues<char> Special = SearchValues.Create("\"\\<>{}`#[");

    private const int ZeroWidthNonJoiner = 0x200C, ZeroWidthJoiner = 0x200D;

    /// <summary>A text without control, direction and other unseen characters; line ends and tabs become spaces, halves of pairs U+FFFD.</summary>
    public static string Clean(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~')) return text;
        var kept = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) && Rune.GetUnicodeCategory(rune) != UnicodeCategory.SpaceSeparator) kept.Append(' ');
            else if (!IsUnseen(rune)) kept.Append(rune.ToString());
        }

        return kept.ToString();
    }

    /// <summary>A cleaned text as a JSON string.</summary>
    public static string Quoted(string text)
    {
        var clean = Clean(text);
        if (!clean.AsSpan().ContainsAny(Special)) return $"\"{clean}\"";
        var quoted = new StringBuilder(clean.Length + 2).Append('"');
        for (var i = 0; i < clean.Length; i++)
        {
            if (clean[i] is '"' or '\\') quoted.Append('\\').Append(clean[i]);
            else if (IsMark(clean, i)) quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)clean[i]:x4}");
            else quoted.Append(clean[i]);
        }

        return quoted.Append('"').ToString();
    }

    // Joiners make letters and emoji what they are.
    private static bool IsUnseen(Rune rune) => rune.Value is not (ZeroWidthJoiner or ZeroWidthNonJoiner)
        && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate;

    private static bool IsMark(string text, int at) => text[at] switch
    {
        '<' or '>' or '{' or '}' or '`' => true,
        '#' => at == 0 || text[at - 1] is ' ' or '#',
        '[' => at + 1 < text.Length && (text[at + 1] == '/' || char.IsAsciiLetterUpper(text[at + 1])),
        _ => false,
    };
}
