using System.ComponentModel.DataAnnotations;

namespace Tppo.Core.Settings;

/// <summary>How policies are measured. A run setting.</summary>
public sealed record EvaluationSettings
{
    /// <summary>Most held-out users, each with the newest window; 0 takes all. Default 0.</summary>
    [Range(0, 10_000_000)] public int WindowsMax { get; init; }

    /// <summary>Sampling temperature of evaluation. Default 1.</summary>
    [Range(0.01, 10.0)] public double Temperature { get; init; } = 1;

    /// <summary>Held-out windows whose samples the reward model is measured on, four a window. Default 300.</summary>
    [Range(1, 10_000_000)] public int RewardModelWindows { get; init; } = 300;
}
