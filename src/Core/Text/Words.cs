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
            var ended = i == response.Length;
            var (rune, length) = ended ? (default, 0) : RuneAt(response, i);
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

    private static (Rune Rune, int Length) RuneAt(string text, int at)
    {
        if (char.IsAscii(text[at])) return (new Rune(text[at]), 1);
        Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out var length);
        return (rune, length);
    }

    /// <summary>How many queries of a response hold a word that has an identity.</summary>
    public static int QueryCount(IReadOnlyList<Word> words) =>
        words.Where(w => Normalise(w.Text).Length > 0).Select(w => w.Query).Distinct().Count();

    /// <summary>
    /// A word's identity, by which words are compared everywhere: <see cref="Folding"/> (NFKC, full case folding), then trimmed by
    /// <see cref="WordEdges"/>. Empty for a word of punctuation only.
    /// </summary>
    public static string Normalise(string word) => IsPlain(word) ? word : WordEdges.Trim(Folding.Of(word));

    private static bool IsPlain(string word)
    {
        foreach (var c in word)
        {
            if (c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9'))) return false;
        }

        return true;
    }
}
