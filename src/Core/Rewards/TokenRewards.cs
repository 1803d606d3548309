using Tppo.Core.Judging;
using Tppo.Core.Settings;
using Tppo.Core.Text;

namespace Tppo.Core.Rewards;

/// <summary>
/// Reward of each response token, from the reward model's categories. The order is: map, new words, copies, repeats, length-weighted
/// penalty, division by words, form; the KL term follows where the log-probs are.
/// </summary>
/// <remarks>
/// Departs from the paper by default: categories are signed (read literally, every further word pays), the penalty is
/// shifted (a bare product also erases the penalty of a bad late token), repeated words are paid
/// <see cref="ShapingSettings.RepeatValue"/> (a judge keyed by word cannot see repetition), and rewards are divided by
/// the number of words (undivided they outweigh β). Each is an option whose other value is the paper's.
/// </remarks>
public static class TokenRewards
{
    /// <summary>Rewards before the KL term, one per token.</summary>
    /// <param name="tokens">The response's tokens in order, the end token included where there is one.</param>
    /// <param name="words">The response's words in order, as written.</param>
    /// <param name="guards">What the history holds against them.</param>
    /// <param name="settings">The shaping.</param>
    public static double[] Shape(IReadOnlyList<ScoredToken> tokens, IReadOnlyList<string> words, WordGuards guards, ShapingSettings settings)
    {
        var repeated = RepeatedWords(words);
        var rewards = new double[tokens.Count];
        for (var l = 0; l < tokens.Count; l++)
        {
            var reward = Mapped(tokens, l, repeated, guards, settings);
            reward = Penalised(reward, l, tokens[l].IsEnd, settings);
            rewards[l] = settings.DivideByWords ? reward / Math.Max(1, words.Count) : reward;
        }

        return rewards;
    }

    /// <summary>
    /// Adds <see cref="ShapingSettings.MalformedValue"/> to the last token where the response has other than k queries, and takes
    /// <see cref="ShapingSettings.FormPenalty"/> from it there and where it never ended (<b>ours</b>): divided by words, a reward is a
    /// mean and does not care how many queries it is over, so a policy drifts to fewer, surer ones. On the last token, whether it ends
    /// the response or was cut: not ending is no way out.
    /// </summary>
    /// <param name="rewards">Rewards of <see cref="Shape"/>, changed in place.</param>
    /// <param name="queries">Queries of the response that hold a word.</param>
    /// <param name="targets">k.</param>
    /// <param name="finished">Whether it ended by itself.</param>
    /// <param name="settings">The shaping.</param>
    public static void AddForm(double[] rewards, int queries, int targets, bool finished, ShapingSettings settings)
    {
        if (rewards.Length == 0) return;
        if (queries != targets) rewards[^1] += settings.MalformedValue;
        if (queries != targets || !finished) rewards[^1] -= settings.FormPenalty;
    }

    /// <summary>Eq. 4: lwp(l) = 1 / (1 + e^(α (l − sl) − 6)), l the 0-based position in the response.</summary>
    public static double LengthWeight(int position, double alpha, double softLength) =>
        1 / (1 + Math.Exp((alpha * (position - softLength)) - 6));

    /// <summary>For each word, whether an equal one (by <see cref="Words.Normalise"/>) stood before it.</summary>
    public static bool[] RepeatedWords(IReadOnlyList<string> words)
    {
        var seen = new HashSet<string>(words.Count);
        var repeated = new bool[words.Count];
        for (var i = 0; i < words.Count; i++)
        {
            var identity = Words.Normalise(words[i]);
            repeated[i] = identity.Length > 0 && !seen.Add(identity);
        }

        return repeated;
    }

    private static double Mapped(IReadOnlyList<ScoredToken> tokens, int l, bool[] repeated, WordGuards guards, ShapingSettings settings)
    {
        var token = tokens[l];
        if (token.Word == Alignment.NoWord) return 0;
        if (settings.Granularity == RewardGranularity.Word && l + 1 < tokens.Count && tokens[l + 1].Word == token.Word) return 0;
        var most = settings.CopyRule && guards.IsCopied(token.Word) ? settings.CopiedValue : double.PositiveInfinity;
        if (settings.RepeatRule && repeated[token.Word]) return Math.Min(settings.RepeatValue, most);
        if (settings.NewWordRule && guards.IsOfKnownWords(token.Word)) most = Math.Min(most, 0);
        return Math.Min(Mapped(token, settings.Map), most);
    }

    private static double Mapped(ScoredToken token, RewardMap map) => map switch
    {
        RewardMap.Signed => token.Category switch { Category.Irrelevant => -1, Category.Relevant => 1, _ => 0 },
        RewardMap.PaperLiteral => (int)token.Category,
        RewardMap.ProbabilityDifference => token.P2 - token.P1,
        _ => throw new ArgumentOutOfRangeException(nameof(map)),
    };

    private static double Penalised(double reward, int l, bool isEnd, ShapingSettings settings)
    {
        if (settings.Penalty == LengthPenalty.None) return reward;
        var weight = LengthWeight(l, settings.Alpha, settings.SoftLength);
        if (settings.Penalty == LengthPenalty.Product) return weight * reward;

        // Ending must never cost more than going on, so the end token is spared the shift.
        return isEnd ? reward : (weight * reward) - (1 - weight);
    }
}
