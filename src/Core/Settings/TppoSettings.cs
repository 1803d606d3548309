using System.ComponentModel.DataAnnotations;

namespace Tppo.Core.Settings;

/// <summary>How a category becomes a reward.</summary>
public enum RewardMap
{
    /// <summary>0 → 0, 1 → −1, 2 → +1.</summary>
    Signed,

    /// <summary>The category itself, as the paper has it: every further word pays, so responses grow.</summary>
    PaperLiteral,

    /// <summary>P(2) − P(1) of the reward model.</summary>
    ProbabilityDifference,
}

/// <summary>How the length-weighted penalty enters a token's reward.</summary>
public enum LengthPenalty
{
    /// <summary>lwp · r − (1 − lwp), on every token but the end token.</summary>
    Shifted,

    /// <summary>lwp · r, as the paper has it.</summary>
    Product,

    /// <summary>No penalty.</summary>
    None,
}

/// <summary>Whether every token of a word is paid, or the word once.</summary>
public enum RewardGranularity
{
    /// <summary>Each token gets its word's reward. Default.</summary>
    Token,

    /// <summary>A word's last token gets it, the others 0.</summary>
    Word,
}

/// <summary>Which tokens enter the policy loss.</summary>
public enum LossTokens
{
    /// <summary>Every response token, separators and the end token included: they are actions. Default.</summary>
    All,

    /// <summary>Tokens whose category is 1 or 2, as the paper has it.</summary>
    LabelledOnly,
}

/// <summary>Reward shaping: map, repeat rule, length penalty, division, KL, in this order. A run setting.</summary>
public sealed record ShapingSettings
{
    /// <summary>How a category becomes a reward. Default Signed.</summary>
    public RewardMap Map { get; init; } = RewardMap.Signed;

    /// <summary>Whether each token or each word is paid. Default Token.</summary>
    public RewardGranularity Granularity { get; init; } = RewardGranularity.Token;

    /// <summary>Whether a repeated word's tokens get <see cref="RepeatValue"/> in place of their reward. Default true.</summary>
    public bool RepeatRule { get; init; } = true;

    /// <summary>Reward of a repeated word's tokens. Default −1.</summary>
    [Range(-10.0, 10.0)] public double RepeatValue { get; init; } = -1;

    /// <summary>How the length penalty enters. Default Shifted.</summary>
    public LengthPenalty Penalty { get; init; } = LengthPenalty.Shifted;

    /// <summary>Steepness α of the length penalty, per token. Default 1.</summary>
    [Range(0.001, 100.0)] public double Alpha { get; init; } = 1;

    /// <summary>Soft length sl, in tokens, at which the penalty's weight is 0.9975. Default 20.</summary>
    [Range(0.0, 100_000.0)] public double SoftLength { get; init; } = 20;

    /// <summary>Whether rewards are divided by the response's number of words. Default true.</summary>
    public bool DivideByWords { get; init; } = true;

    /// <summary>
    /// Added to the last token's reward where a response has other than k queries: such a response is never relevant, and
    /// nothing else in a mean over words holds their number. Default −0.5; 0 leaves it out, as the paper does.
    /// </summary>
    [Range(-10.0, 0.0)] public double MalformedValue { get; init; } = -0.5;

    /// <summary>Weight β of the per-token KL against the reference policy. Default 0.05.</summary>
    [Range(0.0, 100.0)] public double KlWeight { get; init; } = 0.05;
}

/// <summary>Token-level PPO. A run setting.</summary>
public sealed record TppoSettings
{
    /// <summary>Policy updates. Default 60.</summary>
    [Range(1, 10_000_000)] public int Updates { get; init; } = 60;

    /// <summary>Critic warm-up rounds before the first update. Default 4.</summary>
    [Range(1, 10_000)] public int WarmupRounds { get; init; } = 4;

    /// <summary>Windows an update. Default 32.</summary>
    [Range(1, 65536)] public int Prompts { get; init; } = 32;

    /// <summary>Responses a window. Default 4.</summary>
    [Range(1, 1024)] public int Samples { get; init; } = 4;

    /// <summary>Passes over an update's rollouts. Default 2.</summary>
    [Range(1, 100)] public int Epochs { get; init; } = 2;

    /// <summary>Windows a minibatch. Default 16.</summary>
    [Range(1, 65536)] public int Minibatch { get; init; } = 16;

    /// <summary>Peak learning rate of the policy's AdamW (β₁ 0.9, β₂ 0.95, no decay). Default 3e-4.</summary>
    [Range(1e-9, 1.0)] public double LearningRate { get; init; } = 3e-4;

    /// <summary>Peak learning rate of the critic's AdamW. Default 1e-3.</summary>
    [Range(1e-9, 1.0)] public double CriticLearningRate { get; init; } = 1e-3;

    /// <summary>Share of the peak rates that is left after the last update. Default 0.1.</summary>
    [Range(0.0, 1.0)] public double FinalRateShare { get; init; } = 0.1;

    /// <summary>Updates over which the policy's rate rises to its peak. Default 3.</summary>
    [Range(0, 10_000)] public int RateWarmupUpdates { get; init; } = 3;

    /// <summary>Clip range ε of the probability ratio. Default 0.2.</summary>
    [Range(0.0, 10.0)] public double Clip { get; init; } = 0.2;

    /// <summary>Clip range of the value's change; 0 turns clipping off. Default 0.2.</summary>
    [Range(0.0, 100.0)] public double ValueClip { get; init; } = 0.2;

    /// <summary>Discount γ of generalised advantage estimation. Default 1.</summary>
    [Range(0.0, 1.0)] public double Gamma { get; init; } = 1;

    /// <summary>λ of generalised advantage estimation. Default 0.95.</summary>
    [Range(0.0, 1.0)] public double Lambda { get; init; } = 0.95;

    /// <summary>Which tokens enter the policy loss. Default All.</summary>
    public LossTokens LossTokens { get; init; } = LossTokens.All;

    /// <summary>Largest gradient norm, of policy and critic apart. Default 1.</summary>
    [Range(1e-6, 1e6)] public double GradientNormMax { get; init; } = 1;

    /// <summary>Updates between checkpoints; a restart computes again what came after the last one. Default 10.</summary>
    [Range(1, 1_000_000)] public int CheckpointEvery { get; init; } = 10;

    /// <summary>Reward shaping.</summary>
    public ShapingSettings Shaping { get; init; } = new();
}
