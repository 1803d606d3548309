using Tppo.Core.Events;
using Tppo.Core.Text;
using Tppo.Core.Windows;

namespace Tppo.Core.Rewards;

/// <summary>
/// What a history holds against the words of a response (<b>ours</b>): a judge that pays every word of the history is topped by who
/// copies it. Words are compared by their stems.
/// </summary>
public sealed class WordGuards
{
    private readonly bool[] copied;
    private readonly bool[] known;

    private WordGuards(bool[] copied, bool[] known) => (this.copied, this.known) = (copied, known);

    /// <summary>Holds nothing against any word.</summary>
    public static WordGuards None { get; } = new([], []);

    /// <summary>Looks at a response's words.</summary>
    /// <param name="words">Words as written, in order.</param>
    /// <param name="queries">Which query each belongs to.</param>
    /// <param name="searches">The history's searches.</param>
    /// <param name="texts">The texts of all its events.</param>
    public static WordGuards Of(IReadOnlyList<string> words, IReadOnlyList<int> queries, IEnumerable<string> searches, IEnumerable<string> texts)
    {
        var past = searches.Select(search => string.Join(' ', Stems.Of(search))).ToHashSet(StringComparer.Ordinal);
        var inHistory = texts.SelectMany(Stems.Of).ToHashSet(StringComparer.Ordinal);
        var guards = new WordGuards(new bool[words.Count], new bool[words.Count]);
        foreach (var query in Enumerable.Range(0, words.Count).GroupBy(i => queries[i]))
        {
            string[] stems = [.. query.SelectMany(i => Stems.Of(words[i]))];
            var (isCopy, isKnown) = (stems.Length > 0 && past.Contains(string.Join(' ', stems)), stems.All(inHistory.Contains));
            foreach (var i in query) (guards.copied[i], guards.known[i]) = (isCopy, isKnown);
        }

        return guards;
    }

    /// <summary>Looks at a response to a history.</summary>
    public static WordGuards Of(IReadOnlyList<Word> words, IReadOnlyList<HistoryEvent> history) => Of(
        [.. words.Select(w => w.Text)], [.. words.Select(w => w.Query)],
        history.Where(e => e.Type == EventType.Search).Select(e => e.Text), history.Select(e => e.Text));

    /// <summary>Whether a word belongs to a query that equals a search of the history.</summary>
    public bool IsCopied(int word) => copied.Length > 0 && copied[word];

    /// <summary>Whether all words of a word's query stand in the history.</summary>
    public bool IsOfKnownWords(int word) => known.Length > 0 && known[word];
}
