using System.ComponentModel.DataAnnotations;

namespace Tppo.Core.Settings;

/// <summary>Supervised fine-tuning. The first phase learns every token, history too, and stands for a pretrained base. A run setting.</summary>
public sealed record SftSettings
{
    /// <summary>Windows taken from the cut. Default 16,000; fewer windows are gone through again, up to <see cref="PassesMax"/> times.</summary>
    [Range(1, 100_000_000)] public int Windows { get; init; } = 16_000;

    /// <summary>Most passes over the windows where the cut holds fewer than <see cref="Windows"/>. Default 8.</summary>
    [Range(1, 1000)] public int PassesMax { get; init; } = 8;

    /// <summary>Share of the windows whose every token is a target; the rest teach the response only. Default 0.8.</summary>
    [Range(0.0, 1.0)] public double AllTokensShare { get; init; } = 0.8;

    /// <summary>Windows a step in the first phase. Default 16.</summary>
    [Range(1, 65536)] public int AllTokensBatch { get; init; } = 16;

    /// <summary>Windows a step in the second phase. Default 64.</summary>
    [Range(1, 65536)] public int ResponseBatch { get; init; } = 64;

    /// <summary>Peak learning rate of AdamW. Default 3e-3.</summary>
    [Range(1e-9, 1.0)] public double LearningRate { get; init; } = 3e-3;

    /// <summary>Share of the peak rate that is left at the end of the linear decay. Default 0.05.</summary>
    [Range(0.0, 1.0)] public double FinalRateShare { get; init; } = 0.05;

    /// <summary>Steps of linear warm-up. Default 40.</summary>
    [Range(0, 1_000_000)] public int WarmupSteps { get; init; } = 40;

    /// <summary>Decoupled weight decay. Default 0.01.</summary>
    [Range(0.0, 1.0)] public double WeightDecay { get; init; } = 0.01;

    /// <summary>AdamW's second moment decay. Default 0.98.</summary>
    [Range(0.5, 0.999999)] public double Beta2 { get; init; } = 0.98;

    /// <summary>Largest gradient norm. Default 1.</summary>
    [Range(1e-6, 1e6)] public double GradientNormMax { get; init; } = 1;
}
