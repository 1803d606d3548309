namespace Tppo.Core.Models;

/// <summary>Names of the files of a checkpoint's folder. The first three are the Hugging Face layout's.</summary>
public static class CheckpointFiles
{
    /// <summary>The model's shape.</summary>
    public const string Config = "config.json";

    /// <summary>The weights, whose hash names the checkpoint.</summary>
    public const string Weights = "model.safetensors";

    /// <summary>The tokenizer.</summary>
    public const string Tokenizer = "tokenizer.json";

    /// <summary>The folder of what training goes on from, and of what it came from.</summary>
    public const string TrainingFolder = "training";

    /// <summary>Where a checkpoint comes from.</summary>
    public const string Lineage = "lineage.json";

    /// <summary>Figures of every step behind it.</summary>
    public const string Curve = "curve.jsonl";

    /// <summary>The reference policy.</summary>
    public const string Reference = "reference.safetensors";

    /// <summary>The critic, beside its policy.</summary>
    public const string Critic = "critic.safetensors";

    /// <summary>State of the policy's optimiser.</summary>
    public const string PolicyOptimiser = "policy_optimiser.safetensors";

    /// <summary>State of the critic's optimiser.</summary>
    public const string CriticOptimiser = "critic_optimiser.safetensors";

    /// <summary>The path of a file in the training folder of a checkpoint.</summary>
    public static string InTraining(string checkpointFolder, string file) => Path.Combine(checkpointFolder, TrainingFolder, file);
}
