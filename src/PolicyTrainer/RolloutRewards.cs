using Tppo.Core.Rewards;
using Tppo.Core.Rollouts;
using Tppo.Core.Settings;
using Tppo.Core.Text;
using Tppo.Learning.Tokenizing;
using Tppo.Learning.Training;

namespace Tppo.PolicyTrainer;

/// <summary>From the reward model's scores of a rollout's tokens to its rewards before KL.</summary>
public static class RolloutRewards
{
    /// <summary>A rollout with its rewards, and which of its tokens enter the policy loss.</summary>
    /// <param name="row">The rollout.</param>
    /// <param name="scores">What the reward model says of its tokens.</param>
    /// <param name="settings">Shaping, and which tokens enter the loss.</param>
    /// <param name="targets">How many queries a response must have, k.</param>
    public static RolloutResponse Of(RolloutRow row, TokenScores scores, TppoSettings settings, int targets)
    {
        var words = Words.Split(row.Response);
        var wordOfToken = Alignment.WordOfToken(words, row.ByteStarts, row.ByteEnds);
        var tokens = new ScoredToken[row.ResponseIds.Length];
        for (var t = 0; t < tokens.Length; t++)
        {
            var (p0, p1, p2) = (scores.P0[t], scores.P1[t], scores.P2[t]);
            var category = p2 > p1 ? (p2 > p0 ? 2 : 0) : p1 > p0 ? 1 : 0;
            tokens[t] = new ScoredToken(category, wordOfToken[t], row.ResponseIds[t] == Tokenizer.EosId, p1, p2);
        }

        var rewards = TokenRewards.Shape(tokens, [.. words.Select(w => w.Text)], settings.Shaping);
        TokenRewards.AddMalformed(rewards, Words.QueryCount(words), targets, settings.Shaping);
        return new RolloutResponse(
            row.ResponseIds, row.LogProbs, [.. rewards.Select(r => (float)r)],
            [.. tokens.Select(t => settings.LossTokens == LossTokens.All || (t.Word != Alignment.NoWord && t.Category > 0))]);
    }

    /// <summary>Mean over responses with words of distinct among all words.</summary>
    public static double DistinctWords(IEnumerable<RolloutRow> rows) => rows
        .Select(r => Words.Split(r.Response).Select(w => Words.Normalise(w.Text)).Where(w => w.Length > 0).ToList())
        .Where(w => w.Count > 0)
        .Select(w => w.Distinct().Count() / (double)w.Count)
        .DefaultIfEmpty(1)
        .Average();
}
