using Tppo.Core.Judging;

namespace Tppo.Core.Text;

/// <summary>
/// Word to token, by byte spans and never by tokenising again: a token belongs to the word with which it shares most
/// non-space bytes (so a token with a leading space belongs to the following word), to the earlier one on a tie, to none
/// where it shares nothing. All tokens of a word get the same category under any tokenizer.
/// </summary>
public static class Alignment
{
    /// <summary>The word of a token that lies in no word: a separator, white space, the end token.</summary>
    public const int NoWord = -1;

    /// <summary>For each token the index of its word, or <see cref="NoWord"/>.</summary>
    /// <param name="words">Words in order, with byte spans in the response.</param>
    /// <param name="starts">First byte of each token, in order.</param>
    /// <param name="ends">One past the last byte of each token.</param>
    public static int[] WordOfToken(IReadOnlyList<Word> words, IReadOnlyList<int> starts, IReadOnlyList<int> ends)
    {
        var owner = new int[starts.Count];
        var first = 0;
        for (var t = 0; t < owner.Length; t++)
        {
            while (first < words.Count && words[first].End <= starts[t]) first++;
            owner[t] = NoWord;
            var most = 0;
            for (var w = first; w < words.Count && words[w].Start < ends[t]; w++)
            {
                var shared = Math.Min(ends[t], words[w].End) - Math.Max(starts[t], words[w].Start);
                if (shared <= most) continue;
                (most, owner[t]) = (shared, w);
            }
        }

        return owner;
    }

    /// <summary>For each token its word's category; none for a token of no word.</summary>
    public static Category[] CategoryOfToken(IReadOnlyList<int> wordOfToken, IReadOnlyList<Category> categoryOfWord)
    {
        var categories = new Category[wordOfToken.Count];
        for (var t = 0; t < categories.Length; t++)
        {
            if (wordOfToken[t] != NoWord) categories[t] = categoryOfWord[wordOfToken[t]];
        }

        return categories;
    }
}
