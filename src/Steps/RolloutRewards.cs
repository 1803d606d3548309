using Tppo.Core.Judging;
using Tppo.Core.Rewards;
using Tppo.Core.Rollouts;
using Tppo.Core.Settings;
using Tppo.Core.Statistics;
using Tppo.Core.Text;
using Tppo.Core.Windows;
using Tppo.Learning.Training;

namespace Tppo.Steps;

/// <summary>From the reward model's scores of a rollout's tokens to its rewards before KL.</summary>
public static class RolloutRewards
{
    /// <summary>A rollout with its rewards, and which of its tokens enter the policy loss.</summary>
    /// <param name="row">The rollout.</param>
    /// <param name="tokens">What the reward model says of its tokens.</param>
    /// <param name="settings">Shaping, and which tokens enter the loss.</param>
    /// <param name="targets">How many queries a response must have, k.</param>
    /// <param name="history">What it responds to; null: nothing is held against words that stand there.</param>
    public static Trajectory Of(RolloutRow row, ScoredToken[] tokens, TppoSettings settings, int targets, IReadOnlyList<HistoryEvent>? history = null)
    {
        var words = Words.Split(row.Response);
        var guards = history is null ? WordGuards.None : WordGuards.Of(words, history);
        var rewards = TokenRewards.Shape(tokens, [.. words.Select(w => w.Text)], guards, settings.Shaping);
        TokenRewards.AddForm(rewards, Words.QueryCount(words), targets, row.Finished, settings.Shaping);
        bool[] inLoss =
        [
            .. tokens.Select(t => settings.LossTokens == LossTokens.All || (t.Word != Alignment.NoWord && t.Category != Category.None)),
        ];
        return new Trajectory(row.PromptIds, row.ResponseIds, row.LogProbs, [.. rewards.Select(r => (float)r)], inLoss);
    }

    /// <summary>Mean over responses with words of distinct among all words; null where none has any.</summary>
    public static double? DistinctWords(IEnumerable<RolloutRow> rows) => rows
        .Select(r => Words.Split(r.Response).Select(w => Words.Normalise(w.Text)).Where(w => w.Length > 0).ToList())
        .Where(w => w.Count > 0)
        .Average(w => Figure.Share(w.Distinct().Count(), w.Count));
}
