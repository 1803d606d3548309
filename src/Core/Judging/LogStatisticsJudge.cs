using System.Globalization;
using Tppo.Core.Statistics;
using Tppo.Core.Text;
using Tppo.Core.Windows;

namespace Tppo.Core.Judging;

/// <summary>
/// The embedded judge of a log of which nobody knows the truth: a word is relevant where it or its stem stands in the
/// history, or where its association with the history's words passes a threshold that tells matched from shuffled
/// histories best; the whole where at least 60 % of the queries are relevant and repetition is within bounds.
/// </summary>
/// <remarks>
/// Any word of the history scores 1, so the copied share stands beside every result that rests on this judge, and so does
/// its AUC on held-out users.
/// </remarks>
public sealed class LogStatisticsJudge : IJudge
{
    private const double Chance = 0.5;
    private readonly LogStatistics statistics;
    private readonly double threshold;

    /// <summary>Learns from training users' windows.</summary>
    /// <param name="training">Windows of training users.</param>
    /// <param name="name">Names the log and the users that it learned from; part of <see cref="Model"/>.</param>
    public LogStatisticsJudge(IReadOnlyList<Window> training, string name)
    {
        statistics = LogStatistics.Of(training);
        threshold = BestThreshold(training);
        Model = string.Create(CultureInfo.InvariantCulture, $"log-statistics/{name}/threshold-{threshold}");
    }

    /// <inheritdoc/>
    public string Model { get; }

    /// <inheritdoc/>
    public string Template => "embedded";

    /// <inheritdoc/>
    public ValueTask<JudgeReply> AskAsync(JudgeInput input, int attempt, CancellationToken cancellation)
    {
        var history = StemsOf(input.History);
        var words = Words.Split(input.Response);
        var categories = new Category[words.Count];
        for (var i = 0; i < categories.Length; i++)
        {
            var identity = Words.Normalise(words[i].Text);
            if (identity.Length > 0) categories[i] = Categories.Of(IsRelevant(history, Stems.OfIdentity(identity)));
        }

        return ValueTask.FromResult(JudgeReply.Embedded(words, categories, Categories.Of(Whole(history, input.Response))));
    }

    /// <summary>
    /// How well the judge tells held-out users' own targets from another user's: AUC over the mean score of their words.
    /// Null where there are fewer than two windows.
    /// </summary>
    public double? HeldOutAuc(IReadOnlyList<Window> heldOut)
    {
        var pairs = ScoredPairs(heldOut);
        return Ranking.Auc([.. pairs.Select(p => p.Score)], [.. pairs.Select(p => p.Matched)]);
    }

    /// <summary>What that AUC is over: each window's history with its own targets, and with those of the next window of another user.</summary>
    public IReadOnlyList<ScoredPair> ScoredPairs(IReadOnlyList<Window> heldOut) =>
        [.. MatchedAndShuffled(heldOut).Select(p => new ScoredPair(p.Window.User, Score(p.Window, p.Targets), p.Matched))];

    /// <summary>Why nobody should learn from this judge: a line; null where it tells people apart better than a coin does.</summary>
    public string? Doubt(IReadOnlyList<Window> heldOut) => HeldOutAuc(heldOut) is { } auc && auc <= Chance
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"judge {Model}: AUC {auc:F3} on held-out users: expected more than {Chance}, for it tells their own queries from other people's no "
                + $"better than a coin; what learns from it learns nothing of people: give more events, or another judge")
        : null;

    private static HashSet<string> StemsOf(IReadOnlyList<HistoryEvent> history) => [.. history.SelectMany(e => Stems.Of(e.Text))];

    // Each window with its own targets and with those of the next window of another user.
    private static IEnumerable<(Window Window, IReadOnlyList<string> Targets, bool Matched)> MatchedAndShuffled(IReadOnlyList<Window> windows)
    {
        var ordered = windows.OrderBy(w => w.Id, StringComparer.Ordinal).ToList();
        for (var i = 0; i < ordered.Count; i++)
        {
            var other = Enumerable.Range(1, ordered.Count - 1).Select(k => ordered[(i + k) % ordered.Count]).FirstOrDefault(w => w.User != ordered[i].User);
            if (other is null) continue;
            yield return (ordered[i], ordered[i].Targets, true);
            yield return (ordered[i], other.Targets, false);
        }
    }

    private bool IsRelevant(HashSet<string> history, string stem) =>
        history.Contains(stem) || statistics.Association(history, stem) >= threshold;

    private bool Whole(HashSet<string> history, string response) => WholeResponse.IsRelevant(
        QueryText.Queries(response).Select(q => Stems.Of(q).ToList()), stem => IsRelevant(history, stem), query => string.Join(' ', query));

    // A word of the history counts 1, another one as far as its association goes, squeezed below 1.
    private double Score(Window window, IReadOnlyList<string> targets)
    {
        var history = StemsOf(window.History);
        var stems = targets.SelectMany(Stems.Of).ToList();
        if (stems.Count == 0) return 0;
        return stems.Average(s =>
        {
            if (history.Contains(s)) return 1;
            var association = statistics.Association(history, s);
            return association / (1 + association);
        });
    }

    // The association at which the share of matched words at or above it, less that of shuffled ones, is largest.
    private double BestThreshold(IReadOnlyList<Window> training)
    {
        var scored = new List<(double Association, bool Matched)>();
        foreach (var (window, targets, matched) in MatchedAndShuffled(training))
        {
            var history = StemsOf(window.History);
            foreach (var stem in targets.SelectMany(Stems.Of).Distinct())
            {
                if (!history.Contains(stem)) scored.Add((statistics.Association(history, stem, own: matched), matched));
            }
        }

        double matchedTotal = Math.Max(1, scored.Count(s => s.Matched)), shuffledTotal = Math.Max(1, scored.Count(s => !s.Matched));
        double best = double.PositiveInfinity, bestGap = 0, matchedAbove = 0, shuffledAbove = 0;
        foreach (var group in scored.Where(s => s.Association > 0).GroupBy(s => s.Association).OrderByDescending(g => g.Key))
        {
            matchedAbove += group.Count(s => s.Matched);
            shuffledAbove += group.Count(s => !s.Matched);
            var gap = Math.Round(((matchedAbove / matchedTotal) - (shuffledAbove / shuffledTotal)) * 1e6) / 1e6;
            if (gap <= bestGap) continue;
            (best, bestGap) = (group.Key, gap);
        }

        return best;
    }
}
