using System.ComponentModel.DataAnnotations;

namespace Tppo.Core.Settings;

/// <summary>What the judge labels for the reward model. A run setting.</summary>
public sealed record LabelSettings
{
    /// <summary>Windows sampled from the SFT policy and judged. Default 1,024.</summary>
    [Range(1, 10_000_000)] public int Windows { get; init; } = 1024;

    /// <summary>Responses a window. Default 4.</summary>
    [Range(1, 1024)] public int Samples { get; init; } = 4;

    /// <summary>Share of the sampled responses that is judged, chosen by a hash of their ids. Default 1.</summary>
    [Range(0.0, 1.0)] public double Rate { get; init; } = 1;

    /// <summary>Noise of the search world's judge: 0 the truth, 1 a good judge, 2 a bad one. Default 1.</summary>
    [Range(0.0, 100.0)] public double JudgeNoise { get; init; } = 1;

    /// <summary>Shuffles labels among the words of a record: a control in which nothing can be learned. Default false.</summary>
    public bool Shuffled { get; init; }
}
