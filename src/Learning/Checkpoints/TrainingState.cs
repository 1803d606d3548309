using TorchSharp;
using Tppo.Core.Settings;
using Tppo.Learning.Models;
using Tppo.Learning.Training;

namespace Tppo.Learning.Checkpoints;

/// <summary>
/// What a policy's training needs beside the policy, under <c>training/</c> of its folder: reference, critic and both optimisers.
/// There is no generator state: every draw is keyed by names.
/// </summary>
public static class TrainingState
{
    /// <summary>Name of the folder inside a checkpoint.</summary>
    public const string Folder = "training";

    private const string Reference = "reference.safetensors";
    private const string Critic = "critic.safetensors";
    private const string PolicyOptimiser = "policy_optimiser.safetensors";
    private const string CriticOptimiser = "critic_optimiser.safetensors";

    /// <summary>Writes a trainer's state into a checkpoint's folder. The policy itself is written by <see cref="ModelFolder"/>.</summary>
    public static void Write(string checkpointFolder, TppoTrainer trainer)
    {
        var folder = Path.Combine(checkpointFolder, Folder);
        Directory.CreateDirectory(folder);
        ModelFolder.WriteWeights(Path.Combine(folder, Reference), trainer.Reference);
        ModelFolder.WriteWeights(Path.Combine(folder, Critic), trainer.Critic);
        using var scope = torch.NewDisposeScope();
        SafeTensors.Write(Path.Combine(folder, PolicyOptimiser), trainer.PolicyOptimiser.State());
        SafeTensors.Write(Path.Combine(folder, CriticOptimiser), trainer.CriticOptimiser.State());
    }

    /// <summary>A trainer that goes on where the checkpoint was written, bit for bit. The caller owns it and its three decoders.</summary>
    /// <exception cref="InvalidDataException">A file is damaged or of another shape.</exception>
    public static TppoTrainer Read(string checkpointFolder, TppoSettings settings)
    {
        var folder = Path.Combine(checkpointFolder, Folder);
        var policy = ModelFolder.Read(checkpointFolder, DecoderHead.None);
        var model = policy.Settings;
        var reference = ModelFolder.ReadWeights(Path.Combine(folder, Reference), new Decoder(model, DecoderHead.None, policy.Tied, null));
        var critic = ModelFolder.ReadWeights(Path.Combine(folder, Critic), new Decoder(model, DecoderHead.Value, policy.Tied, null));
        var policyState = SafeTensors.Read(Path.Combine(folder, PolicyOptimiser));
        var criticState = SafeTensors.Read(Path.Combine(folder, CriticOptimiser));
        try
        {
            return new TppoTrainer(policy, reference, critic, model, settings, policyState, criticState);
        }
        finally
        {
            foreach (var tensor in policyState.Values.Concat(criticState.Values)) tensor.Dispose();
        }
    }
}
