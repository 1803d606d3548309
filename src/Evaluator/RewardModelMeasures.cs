using Tppo.Core.Models;
using Tppo.Core.Rollouts;
using Tppo.Core.Statistics;
using Tppo.Core.Text;
using Tppo.Learning.Training;

namespace Tppo.Evaluator;

/// <summary>How well a reward model tells relevant from irrelevant tokens.</summary>
internal static class RewardModelMeasures
{
    /// <summary>AUC over tokens of words, and over responses by their mean token score.</summary>
    public static (double? Token, double? Sentence) Auc(HeldOutSample sample, IReadOnlyList<TokenScores> scores)
    {
        var tokens = new List<(double Score, bool Relevant)>();
        var sentences = new List<(double Score, bool Relevant)>();
        for (var i = 0; i < sample.Rows.Count; i++)
        {
            var row = sample.Rows[i];
            var wordOfToken = Alignment.WordOfToken(Words.Split(row.Response), row.ByteStarts, row.ByteEnds);
            var labels = Alignment.CategoryOfToken(wordOfToken, sample.Answers[i].Words);
            var own = Enumerable.Range(0, labels.Length).Where(t => labels[t] > 0)
                .Select(t => (Score: Relevance(scores[i], t), Relevant: labels[t] == 2)).ToList();
            tokens.AddRange(own);
            if (own.Count > 0 && sample.Answers[i].Whole > 0) sentences.Add((own.Average(t => t.Score), sample.Answers[i].Whole == 2));
        }

        return (Auc(tokens), Auc(sentences));
    }

    /// <summary>A response's words with the mean of P(relevant) − P(irrelevant) over their tokens.</summary>
    public static IReadOnlyList<ScoredWord> Coloured(RolloutRow row, TokenScores scores)
    {
        var words = Words.Split(row.Response);
        var wordOfToken = Alignment.WordOfToken(words, row.ByteStarts, row.ByteEnds);
        return
        [
            .. words.Select((word, w) => new ScoredWord(word.Text, word.Query, Math.Round(
                Enumerable.Range(0, wordOfToken.Length).Where(t => wordOfToken[t] == w).Select(t => (double)scores.P2[t] - scores.P1[t]).DefaultIfEmpty(0).Average(), 4))),
        ];
    }

    private static double Relevance(TokenScores scores, int t) => scores.P2[t] / (scores.P1[t] + scores.P2[t] + 1e-9);

    private static double? Auc(List<(double Score, bool Relevant)> items) => Ranking.Auc([.. items.Select(t => t.Score)], [.. items.Select(t => t.Relevant)]);
}
