using System.ComponentModel.DataAnnotations;

namespace Tppo.Core.Settings;

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

    /// <summary>
    /// Weight of the cross-entropy of the queries that people really searched next, which is added to the policy's loss; 0 leaves it out.
    /// Default 0; 0.2 with a pretrained base.
    /// </summary>
    [Range(0.0, 100.0)] public double SftWeight { get; init; }

    /// <summary>Largest gradient norm, of policy and critic apart. Default 1.</summary>
    [Range(1e-6, 1e6)] public double GradientNormMax { get; init; } = 1;

    /// <summary>Updates between checkpoints; a restart computes again what came after the last one. Default 10.</summary>
    [Range(1, 1_000_000)] public int CheckpointEvery { get; init; } = 10;

    /// <summary>Reward shaping.</summary>
    public ShapingSettings Shaping { get; init; } = new();
}
