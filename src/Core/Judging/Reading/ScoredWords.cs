using Tppo.Core.Text;

namespace Tppo.Core.Judging.Reading;

/// <summary>A judge's scores brought to the words of a response, by position where its list is the response's words in order, else by word.</summary>
internal sealed class ScoredWords
{
    private readonly List<string> missing = [], conflicts = [], badScores = [];

    internal ScoredWords(IReadOnlyList<Word> words, IReadOnlyList<(string Word, LooseValue Score)> entries)
    {
        string[] identities = [.. words.Select(w => Text.Words.Normalise(w.Text))];
        var given = entries.Select(e => (Identity: Text.Words.Normalise(e.Word), e.Score, e.Word)).ToList();
        var distinct = identities.Where(i => i.Length > 0).ToHashSet(StringComparer.Ordinal);
        Ignored = [.. given.Where(g => !distinct.Contains(g.Identity)).Select(g => g.Word).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (given.Select(g => g.Identity).SequenceEqual(identities, StringComparer.Ordinal))
        {
            Categories = [.. given.Select((g, i) => identities[i].Length == 0 ? Category.None : Score.Of(g.Score))];
            Note(words, identities, i => Categories[i] == Category.None ? badScores : null);
        }
        else
        {
            var scores = given.Where(g => g.Identity.Length > 0).GroupBy(g => g.Identity, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => g.Select(x => Score.Of(x.Score)).Distinct().ToArray(), StringComparer.Ordinal);
            Categories = [.. identities.Select(i => scores.TryGetValue(i, out var of) && of.Length == 1 ? of[0] : Category.None)];
            Note(words, identities, i => !scores.TryGetValue(identities[i], out var of) ? missing
                : of.Length > 1 ? conflicts
                : of[0] == Category.None ? badScores : null);
        }

        // A word that stands twice and has a score in one place has one.
        var usable = identities.Where((_, i) => Categories[i] != Category.None).ToHashSet(StringComparer.Ordinal);
        Coverage = (double)usable.Count / distinct.Count;
        IsComplete = missing.Count + conflicts.Count + badScores.Count == 0;
    }

    internal IReadOnlyList<Category> Categories { get; }

    /// <summary>Share of the response's distinct words that have a usable score; there is at least one.</summary>
    internal double Coverage { get; }

    /// <summary>Whether every word has one.</summary>
    internal bool IsComplete { get; }

    internal IReadOnlyList<string> Missing => missing;

    internal IReadOnlyList<string> Conflicts => conflicts;

    internal IReadOnlyList<string> BadScores => badScores;

    internal IReadOnlyList<string> Ignored { get; }

    // Each distinct word once, as it was first written.
    private static void Note(IReadOnlyList<Word> words, string[] identities, Func<int, List<string>?> where)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < words.Count; i++)
        {
            if (identities[i].Length > 0 && where(i) is { } list && seen.Add(identities[i])) list.Add(words[i].Text);
        }
    }
}
