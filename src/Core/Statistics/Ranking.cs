namespace Tppo.Core.Statistics;

/// <summary>How well scores tell two classes apart.</summary>
public static class Ranking
{
    /// <summary>Area under the ROC curve, ties counted half: P(score of a positive &gt; score of a negative). Null without both classes.</summary>
    public static double? Auc(IReadOnlyList<double> scores, IReadOnlyList<bool> positive)
    {
        if (scores.Count != positive.Count) throw new ArgumentException("scores and labels differ in number", nameof(positive));
        var order = Enumerable.Range(0, scores.Count).OrderBy(i => scores[i]).ToArray();
        double rankSum = 0;
        long positives = 0;
        for (var i = 0; i < order.Length;)
        {
            var j = i;
            while (j < order.Length && scores[order[j]] == scores[order[i]]) j++;
            var rank = (i + j + 1) / 2.0; // mean of the 1-based ranks i + 1 … j
            for (var k = i; k < j; k++)
            {
                if (!positive[order[k]]) continue;
                rankSum += rank;
                positives++;
            }

            i = j;
        }

        var negatives = order.Length - positives;
        if (positives == 0 || negatives == 0) return null;
        return (rankSum - (positives * (positives + 1) / 2.0)) / ((double)positives * negatives);
    }

    /// <summary>Mean squared distance of probabilities from labels.</summary>
    public static double Brier(IReadOnlyList<double> probabilities, IReadOnlyList<bool> positive)
    {
        var sum = 0.0;
        for (var i = 0; i < probabilities.Count; i++) sum += Math.Pow(probabilities[i] - (positive[i] ? 1 : 0), 2);
        return sum / probabilities.Count;
    }

    /// <summary>Mean negative log-likelihood; probabilities are kept one float64 step away from 0 and 1.</summary>
    public static double LogLoss(IReadOnlyList<double> probabilities, IReadOnlyList<bool> positive)
    {
        const double step = 2.220446049250313e-16;
        var sum = 0.0;
        for (var i = 0; i < probabilities.Count; i++)
        {
            var p = Math.Clamp(probabilities[i], step, 1 - step);
            sum -= Math.Log(positive[i] ? p : 1 - p);
        }

        return sum / probabilities.Count;
    }
}
