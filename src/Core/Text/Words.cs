using System.Globalization;
using System.Text;

namespace Tppo.Core.Text;

/// <summary>Words are what lies between white space (Unicode) and separators (commas).</summary>
public static class Words
{
    /// <summary>The words of a response, in order.</summary>
    public static List<Word> Split(string response)
    {
        var words = new List<Word>();
        int start = -1, startByte = 0, at = 0, query = 0;
        for (var i = 0; i <= response.Length;)
        {
            Rune.DecodeFromUtf16(response.AsSpan(i), out var rune, out var length);
            var ended = i == response.Length;
            if (ended || rune.Value == ',' || Rune.IsWhiteSpace(rune))
            {
                if (start >= 0) words.Add(new Word(response[start..i], startByte, at, query));
                start = -1;
                if (!ended && rune.Value == ',') query++;
            }
            else if (start < 0)
            {
                (start, startByte) = (i, at);
            }

            if (ended) break;
            at += rune.Utf8SequenceLength;
            i += length;
        }

        return words;
    }

    /// <summary>How many queries of a response hold a word that has an identity.</summary>
    public static int QueryCount(IReadOnlyList<Word> words) =>
        words.Where(w => Normalise(w.Text).Length > 0).Select(w => w.Query).Distinct().Count();

    /// <summary>
    /// A word's identity: NFKC, case folded, punctuation and symbols trimmed from both ends. Empty for a word of
    /// punctuation only.
    /// </summary>
    public static string Normalise(string word)
    {
        if (IsPlain(word)) return word;
        var folded = Fold(word.Normalize(NormalizationForm.FormKC));
        int start = 0, end = folded.Length;
        while (start < end && IsOutside(folded, start, forward: true, out var n)) start += n;
        while (end > start && IsOutside(folded, end, forward: false, out var n)) end -= n;
        return folded[start..end];
    }

    // Upper then lower: final and medial forms of a letter meet; ß is the one common letter that folds to two.
    private static string Fold(string text) =>
        text.ToUpperInvariant().ToLowerInvariant().Replace("ß", "ss", StringComparison.Ordinal).Replace("ẞ", "ss", StringComparison.Ordinal);

    private static bool IsPlain(string word)
    {
        foreach (var c in word)
        {
            if (c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9'))) return false;
        }

        return true;
    }

    // Punctuation, symbols, separators and controls end a word; letters, marks and numbers belong to it.
    private static bool IsOutside(string text, int at, bool forward, out int length)
    {
        Rune rune;
        if (forward) Rune.DecodeFromUtf16(text.AsSpan(at), out rune, out length);
        else Rune.DecodeLastFromUtf16(text.AsSpan(0, at), out rune, out length);
        return Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter
            or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter
            or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
            or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber);
    }
}
