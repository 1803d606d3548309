namespace Tppo.Core.Models;

/// <summary>Names of the files of a checkpoint's folder. The first three are the Hugging Face layout's.</summary>
public static class CheckpointFiles
{
    /// <summary>The model's shape.</summary>
    public const string Config = "config.json";

    /// <summary>Every other file but <see cref="Numerics"/> with its SHA-256, as sha256sum writes them; its own SHA-256 names the checkpoint.</summary>
    public const string List = "files.sha256";

    /// <summary>The weights.</summary>
    public const string Weights = "model.safetensors";

    /// <summary>The tokenizer.</summary>
    public const string Tokenizer = "tokenizer.json";

    /// <summary>The folder of what training goes on from, and of what it came from.</summary>
    public const string TrainingFolder = "training";

    /// <summary>Where a checkpoint comes from.</summary>
    public const string Lineage = "lineage.json";

    /// <summary>Which instruction sets were in force: the one file that the name leaves out, for equal training on other machines has equal names.</summary>
    public const string Numerics = "numerics.txt";

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
