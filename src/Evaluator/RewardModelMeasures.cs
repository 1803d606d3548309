using Tppo.Core.Judging;
using Tppo.Core.Rewards;
using Tppo.Core.Statistics;
using Tppo.Core.Text;

namespace Tppo.Evaluator;

/// <summary>How well a reward model tells relevant from irrelevant tokens.</summary>
internal static class RewardModelMeasures
{
    /// <summary>AUC over tokens of words, and over responses by their mean token score.</summary>
    public static (double? Token, double? Sentence) Auc(HeldOutSample sample, IReadOnlyList<ScoredToken[]> scores)
    {
        var tokens = new List<(double Score, bool Relevant)>();
        var sentences = new List<(double Score, bool Relevant)>();
        for (var i = 0; i < sample.Rows.Count; i++)
        {
            var answer = sample.Answers[i];
            var labels = Alignment.CategoryOfToken([.. scores[i].Select(t => t.Word)], answer.Words);
            var own = Enumerable.Range(0, labels.Length).Where(t => labels[t] != Category.None)
                .Select(t => (Score: Relevance(scores[i][t]), Relevant: labels[t] == Category.Relevant)).ToList();
            tokens.AddRange(own);
            if (own.Count > 0 && answer.Whole != Category.None) sentences.Add((own.Average(t => t.Score), answer.Whole == Category.Relevant));
        }

        return (Auc(tokens), Auc(sentences));
    }

    // In single precision, as the scores are.
    private static double Relevance(ScoredToken token) => (float)token.P2 / ((float)token.P1 + (float)token.P2 + 1e-9);

    private static double? Auc(List<(double Score, bool Relevant)> items) =>
        Ranking.Auc([.. items.Select(t => t.Score)], [.. items.Select(t => t.Relevant)]);
}
