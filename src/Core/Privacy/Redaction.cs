using System.Text;
using System.Text.RegularExpressions;

namespace Tppo.Core.Privacy;

/// <summary>Takes e-mail addresses, card, social-security and phone numbers out of people's text before the first topic.</summary>
public static partial class Redaction
{
    /// <summary>The text with <c>[email]</c>, <c>[card]</c>, <c>[ssn]</c> and <c>[phone]</c> in place of what was found.</summary>
    public static string Apply(string text, out RedactionKinds found)
    {
        found = RedactionKinds.None;
        if (!MightHoldSomething(text)) return text;

        var kinds = RedactionKinds.None;
        string Mark(RedactionKinds kind, string mark)
        {
            kinds |= kind;
            return mark;
        }

        text = Email().Replace(text, _ => Mark(RedactionKinds.Email, "[email]"));
        text = Card().Replace(text, m => PassesLuhn(m.ValueSpan) ? Mark(RedactionKinds.Card, "[card]") : m.Value);
        text = SocialSecurity().Replace(text, _ => Mark(RedactionKinds.SocialSecurity, "[ssn]"));
        text = OutsideDates(
            text, part => Phone().Replace(part, m => DigitCount(m.ValueSpan) is >= 10 and <= 15 ? Mark(RedactionKinds.Phone, "[phone]") : m.Value));
        found = kinds;
        return text;
    }

    // Nearly no query holds an @ or nine digits; the patterns run on those only.
    private static bool MightHoldSomething(string text) => text.Contains('@', StringComparison.Ordinal) || DigitCount(text) >= 9;

    private static int DigitCount(ReadOnlySpan<char> text)
    {
        var digits = 0;
        foreach (var c in text) digits += char.IsAsciiDigit(c) ? 1 : 0;
        return digits;
    }

    // A date and the hour behind it have as many digits as a phone number.
    private static string OutsideDates(string text, Func<string, string> replace)
    {
        var result = new StringBuilder(text.Length);
        var at = 0;
        foreach (var date in Date().EnumerateMatches(text))
        {
            result.Append(replace(text[at..date.Index])).Append(text, date.Index, date.Length);
            at = date.Index + date.Length;
        }

        return result.Append(replace(text[at..])).ToString();
    }

    private static bool PassesLuhn(ReadOnlySpan<char> text)
    {
        int sum = 0, place = 0;
        for (var i = text.Length - 1; i >= 0; i--)
        {
            if (!char.IsAsciiDigit(text[i])) continue;
            var digit = text[i] - '0';
            if (place++ % 2 == 1) digit = digit > 4 ? (digit * 2) - 9 : digit * 2;
            sum += digit;
        }

        return place is >= 13 and <= 19 && sum % 10 == 0;
    }

    [GeneratedRegex(@"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", RegexOptions.NonBacktracking)]
    private static partial Regex Email();

    [GeneratedRegex(@"\b[0-9](?:[ -]?[0-9]){12,18}\b", RegexOptions.NonBacktracking)]
    private static partial Regex Card();

    [GeneratedRegex(@"\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b|\b[0-9]{3} [0-9]{2} [0-9]{4}\b", RegexOptions.NonBacktracking)]
    private static partial Regex SocialSecurity();

    [GeneratedRegex(@"\b(?:(?:19|20)[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:19|20)[0-9]{2})\b", RegexOptions.NonBacktracking)]
    private static partial Regex Date();

    [GeneratedRegex(@"(?:\+\(?|\(|\b)[0-9](?:[ ()./-]{0,2}[0-9]){8,14}\b", RegexOptions.NonBacktracking)]
    private static partial Regex Phone();
}
