using Tppo.Learning.Training;

namespace Tppo.Steps;

/// <summary>One update's figures, as the curve of a checkpoint keeps them.</summary>
/// <param name="Update">Its number, from 1.</param>
/// <param name="Stats">The trainer's figures.</param>
/// <param name="DistinctWords">Mean over responses of distinct among all words; null where none has any.</param>
public sealed record UpdatePoint(int Update, UpdateStats Stats, double? DistinctWords)
{
    /// <summary>The figures by the names that they have as metrics; what is undefined is left out.</summary>
    public IReadOnlyDictionary<string, double> Figures() => new Dictionary<string, double?>
    {
        ["objective_kl"] = Stats.Kl,
        ["objective_entropy"] = Stats.Entropy,
        ["objective_scores"] = Stats.Scores,
        ["objective_rlhf_reward"] = Stats.RlhfReward,
        ["policy_approxkl_avg"] = Stats.ApproximateKl,
        ["policy_clipfrac_avg"] = Stats.ClipFraction,
        ["loss_policy_avg"] = Stats.PolicyLoss,
        ["loss_sft_avg"] = Stats.SftLoss,
        ["loss_value_avg"] = Stats.ValueLoss,
        ["val_clipfrac_avg"] = Stats.ValueClipFraction,
        ["val_ratio"] = Stats.Ratio,
        ["critic_explained_variance"] = Stats.ExplainedVariance,
        ["actor_grad_norm"] = Stats.GradientNorm,
        ["response_length_mean"] = Stats.ResponseLength,
        ["response_no_eos_ratio"] = Stats.NoEosRatio,
        ["distinct_word_ratio"] = DistinctWords,
    }.Where(f => f.Value is not null).ToDictionary(f => f.Key, f => f.Value!.Value);
}
