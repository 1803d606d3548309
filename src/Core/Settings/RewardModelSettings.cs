using System.ComponentModel.DataAnnotations;

namespace Tppo.Core.Settings;

/// <summary>The token-level reward model: a 3-class head at each response token. A run setting.</summary>
public sealed record RewardModelSettings
{
    /// <summary>Passes over the labelled responses. Default 3.</summary>
    [Range(1, 1000)] public int Epochs { get; init; } = 3;

    /// <summary>Windows a step, each with all its responses. Default 16.</summary>
    [Range(1, 65536)] public int Batch { get; init; } = 16;

    /// <summary>Peak learning rate of AdamW. Default 1e-3.</summary>
    [Range(1e-9, 1.0)] public double LearningRate { get; init; } = 1e-3;

    /// <summary>Share of the peak rate that is left at the end of the linear decay. Default 0.1.</summary>
    [Range(0.0, 1.0)] public double FinalRateShare { get; init; } = 0.1;

    /// <summary>Steps of linear warm-up. Default 10.</summary>
    [Range(0, 1_000_000)] public int WarmupSteps { get; init; } = 10;

    /// <summary>Decoupled weight decay. Default 0.01.</summary>
    [Range(0.0, 1.0)] public double WeightDecay { get; init; } = 0.01;

    /// <summary>Largest gradient norm. Default 1.</summary>
    [Range(1e-6, 1e6)] public double GradientNormMax { get; init; } = 1;

    /// <summary>Weight w of the local loss; the global loss gets 1 − w. Default 0.5.</summary>
    [Range(0.0, 1.0)] public double LocalWeight { get; init; } = 0.5;

    /// <summary>Weight of category 0 in the local loss. Default 0.1.</summary>
    [Range(0.0, 10.0)] public double NoWordWeight { get; init; } = 0.1;

    /// <summary>Whether the balance mask thins out a label that is more than three times as frequent as the other. Default true.</summary>
    public bool BalanceMask { get; init; } = true;
}
