using System.ComponentModel.DataAnnotations;

namespace Tppo.Core.Settings;

/// <summary>Everything that decides what a run computes: hashed into every cut and checkpoint, kept in <c>run.json</c>.</summary>
public sealed record RunSettings
{
    /// <summary>Seed of everything that is drawn. Default 1.</summary>
    [Range(0L, long.MaxValue)] public long Seed { get; init; } = 1;

    /// <summary>Where events come from.</summary>
    public InputSettings Input { get; init; } = new();

    /// <summary>Partitions of keyed topics. Default 4.</summary>
    [Range(1, 1024)] public int Partitions { get; init; } = 4;

    /// <summary>How long the sequencer holds events back for ones that come late, in seconds of event time. Default 600.</summary>
    [Range(0.0, 31_536_000.0)] public double LatenessSeconds { get; init; } = 600;

    /// <summary>What a window is.</summary>
    public WindowSettings Windows { get; init; } = new();

    /// <summary>Who is held out.</summary>
    public SplitSettings Split { get; init; } = new();

    /// <summary>Shape of the models.</summary>
    public ModelSettings Model { get; init; } = new();

    /// <summary>Supervised fine-tuning.</summary>
    public SftSettings Sft { get; init; } = new();

    /// <summary>What is labelled by the judge.</summary>
    public LabelSettings Labels { get; init; } = new();

    /// <summary>The reward model.</summary>
    public RewardModelSettings RewardModel { get; init; } = new();

    /// <summary>Token-level PPO.</summary>
    public TppoSettings Tppo { get; init; } = new();

    /// <summary>How policies are measured.</summary>
    public EvaluationSettings Evaluation { get; init; } = new();

    /// <summary>Which instruction sets numerics may use. Default Portable.</summary>
    public Numerics Numerics { get; init; } = Numerics.Portable;

    /// <summary>Torch threads. Default 2, on any machine.</summary>
    [Range(1, 256)] public int Threads { get; init; } = 2;
}

/// <summary>Who is held out: by bucket, or by folds where there are few users. A run setting.</summary>
public sealed record SplitSettings
{
    /// <summary>Buckets under this, of 1,000, are held out. Default 100; the search world's 250.</summary>
    [Range(1, 999)] public int HeldOutBuckets { get; init; } = 100;

    /// <summary>With fewer users than this that have windows, folds are used in place of one held-out set. Default 1,000; 0 turns folds off.</summary>
    [Range(0, int.MaxValue)] public int FoldsBelowUsers { get; init; } = 1000;

    /// <summary>Folds, by bucket mod this. Default 5.</summary>
    [Range(2, 100)] public int Folds { get; init; } = 5;
}

/// <summary>What the judge labels for the reward model. A run setting.</summary>
public sealed record LabelSettings
{
    /// <summary>Windows sampled from the SFT policy and judged. Default 1,024.</summary>
    [Range(1, 10_000_000)] public int Windows { get; init; } = 1024;

    /// <summary>Responses a window. Default 4.</summary>
    [Range(1, 1024)] public int Samples { get; init; } = 4;

    /// <summary>Noise of the search world's judge: 0 the truth, 1 a good judge, 2 a bad one. Default 1.</summary>
    [Range(0.0, 100.0)] public double JudgeNoise { get; init; } = 1;

    /// <summary>Shuffles labels among the words of a record: a control in which nothing can be learned. Default false.</summary>
    public bool Shuffled { get; init; }
}

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
