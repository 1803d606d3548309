using System.Globalization;
using System.Text;

namespace Tppo.Core.Text;

/// <summary>
/// What belongs to a word at its two ends. Letters, marks, numbers and emoji always do. Punctuation and symbols do where they make
/// another word of it: c++, c#, a+, a-, 18+, -5, .5, .net, $5, 5€, 5%. Everything else around a word is no part of it.
/// </summary>
internal static class WordEdges
{
    private const int LettersBeforeSignMax = 2;

    /// <summary>A folded word without what stands around it; empty where nothing else is there.</summary>
    public static string Trim(string folded)
    {
        Rune[] runes = [.. folded.EnumerateRunes()];
        var (start, end) = (0, runes.Length);
        while (start < end && !Begins(runes, start)) start++;
        while (end > start && !Ends(runes.AsSpan(start, end - start))) end--;
        if (start == end) return "";
        if (IsDash(runes[start])) runes[start] = new Rune('-');
        if (IsDash(runes[end - 1])) runes[end - 1] = new Rune('-');
        return string.Concat(runes[start..end]);
    }

    private static bool Begins(Rune[] runes, int at)
    {
        if (IsInside(runes[at])) return true;
        var next = Next(1);
        if (IsEnclosing(next)) return true;
        if (runes[at].Value == '.') return (IsDigit(next) || IsLetter(next)) && (at == 0 || runes[at - 1].Value != '.');
        if (!IsSign(runes[at]) && !IsCurrency(runes[at])) return false;

        // A sign, a currency, or one before the other; then a number, which may begin with its point.
        var n = IsSign(next) != IsSign(runes[at]) && (IsSign(next) || IsCurrency(next)) ? 2 : 1;
        return IsDigit(Next(n)) || (Next(n).Value == '.' && IsDigit(Next(n + 1)));

        Rune Next(int after) => at + after < runes.Length ? runes[at + after] : default;
    }

    private static bool Ends(ReadOnlySpan<Rune> word)
    {
        var last = word[^1];
        var before = word[..^1];
        if (IsInside(last)) return true;
        if (before.Length == 0) return false;
        if (IsCurrency(last) || last.Value is '%' or '‰') return IsDigit(before[^1]);
        if (IsDash(last) || IsSharp(last)) return IsShort(before);
        if (last.Value != '+') return false;
        while (before.Length > 0 && before[^1].Value == '+') before = before[..^1];
        return before.Length > 0 && IsInside(before[^1]) && (word.Length - before.Length > 1 || IsDigit(before[^1]) || IsShort(before));
    }

    // A name that is little more than its sign: c#, a+, ab-.
    private static bool IsShort(ReadOnlySpan<Rune> name) => name.Length <= LettersBeforeSignMax && IsLetter(name[0]) && IsLetter(name[^1]);

    private static bool IsSharp(Rune rune) => rune.Value is '#' or '♯';

    private static bool IsSign(Rune rune) => rune.Value is '+' or '±' || IsDash(rune);

    private static bool IsDash(Rune rune) => rune.Value is '-' or '−' or (>= '\u2010' and <= '\u2013');

    private static bool IsDigit(Rune rune) => Rune.IsNumber(rune);

    private static bool IsLetter(Rune rune) => Rune.IsLetter(rune);

    private static bool IsCurrency(Rune rune) => Rune.GetUnicodeCategory(rune) == UnicodeCategory.CurrencySymbol;

    private static bool IsEnclosing(Rune rune) => Rune.GetUnicodeCategory(rune) == UnicodeCategory.EnclosingMark;

    private static bool IsInside(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter => true,
        UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => true,
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => true,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => true,

        // ©, ® and what stands for a character that could not be read say nothing.
        UnicodeCategory.OtherSymbol => rune.Value is not ('©' or '®' or '\uFFFC' or '\uFFFD'),
        UnicodeCategory.ModifierSymbol => rune.Value is >= 0x1F3FB and <= 0x1F3FF,
        UnicodeCategory.Format => rune.Value is >= 0xE0020 and <= 0xE007F,
        _ => false,
    };
}
