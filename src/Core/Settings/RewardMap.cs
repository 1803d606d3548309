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
