using Tppo.Core.Judging.Prompts;
using Tppo.Core.Text;

namespace Tppo.Core.Judging.Reading;

/// <summary>A judge's scores brought to the words of a response, by position where its list is the response's words in order, else by word.</summary>
internal sealed class ScoredWords
{
    private readonly List<string> missing = [], conflicts = [], badScores = [];

    internal ScoredWords(IReadOnlyList<Word> words, IReadOnlyList<(string Word, LooseValue Score)> entries)
    {
        string[] identities = [.. words.Select(w => Identity(w.Text))];

        // A word may come back as it was shown, or as it is.
        var shown = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < identities.Length; i++) shown[Text.Words.Normalise(words[i].Text)] = identities[i];
        string Known(string word) => shown.GetValueOrDefault(word, word);
        (string Identity, LooseValue Score, string Word)[] given = [.. entries.Select(e => (Known(Text.Words.Normalise(e.Word)), e.Score, e.Word))];
        var distinct = new Dictionary<string, bool>(identities.Length, StringComparer.Ordinal);
        foreach (var identity in identities.Where(i => i.Length > 0)) distinct[identity] = false;
        Ignored = given.All(g => distinct.ContainsKey(g.Identity))
            ? []
            : [.. given.Where(g => !distinct.ContainsKey(g.Identity)).Select(g => g.Word).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
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
        for (var i = 0; i < identities.Length; i++)
        {
            if (Categories[i] != Category.None) distinct[identities[i]] = true;
        }

        Coverage = (double)distinct.Values.Count(hasScore => hasScore) / distinct.Count;
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

    /// <summary>A word by what the judge was shown of it: characters that nobody sees are in no prompt, so neither are they in its answer.</summary>
    internal static string Identity(string word) => Text.Words.Normalise(PromptText.Clean(word));

    // Each distinct word once, as it was first written.
    private static void Note(IReadOnlyList<Word> words, string[] identities, Func<int, List<string>?> where)
    {
        HashSet<string>? seen = null;
        for (var i = 0; i < words.Count; i++)
        {
            if (identities[i].Length == 0 || where(i) is not { } list) continue;
            if ((seen ??= new HashSet<string>(StringComparer.Ordinal)).Add(identities[i])) list.Add(words[i].Text);
        }
    }
}
