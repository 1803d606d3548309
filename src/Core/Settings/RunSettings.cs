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

    /// <summary>
    /// Live input only: how long a topic brings nothing, in seconds of wall clock, until an idle mark says that it holds the others
    /// back no longer. Default 60; 0: never.
    /// </summary>
    [Range(0.0, 31_536_000.0)] public double IdleSeconds { get; init; } = 60;

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

    /// <summary>Who judges.</summary>
    public JudgeSettings Judge { get; init; } = new();

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
