using TorchSharp;
using Tppo.Core.Models;
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
    /// <summary>Writes a trainer's state into a checkpoint's folder. The policy itself is written by <see cref="ModelFolder"/>.</summary>
    public static void Write(string checkpointFolder, TppoTrainer trainer)
    {
        Directory.CreateDirectory(Path.Combine(checkpointFolder, CheckpointFiles.TrainingFolder));
        ModelFolder.WriteWeights(Of(CheckpointFiles.Reference), trainer.Reference);
        ModelFolder.WriteWeights(Of(CheckpointFiles.Critic), trainer.Critic);
        using var scope = torch.NewDisposeScope();
        SafeTensors.Write(Of(CheckpointFiles.PolicyOptimiser), trainer.PolicyOptimiser.State());
        SafeTensors.Write(Of(CheckpointFiles.CriticOptimiser), trainer.CriticOptimiser.State());

        string Of(string file) => CheckpointFiles.InTraining(checkpointFolder, file);
    }

    /// <summary>A trainer that goes on where the checkpoint was written, bit for bit. The caller owns it and its three decoders.</summary>
    /// <exception cref="InvalidDataException">A file is damaged or of another shape.</exception>
    public static TppoTrainer Read(string checkpointFolder, TppoSettings settings)
    {
        var policy = ModelFolder.Read(checkpointFolder, DecoderHead.None);
        var model = policy.Settings;
        var reference = ModelFolder.ReadWeights(Of(CheckpointFiles.Reference), policy.Kind, DecoderHead.None);
        var critic = ModelFolder.ReadWeights(Of(CheckpointFiles.Critic), policy.Kind, DecoderHead.Value);
        var policyState = SafeTensors.Read(Of(CheckpointFiles.PolicyOptimiser));
        var criticState = SafeTensors.Read(Of(CheckpointFiles.CriticOptimiser));
        try
        {
            return new TppoTrainer(policy, reference, critic, model, settings, policyState, criticState);
        }
        finally
        {
            foreach (var tensor in policyState.Values.Concat(criticState.Values)) tensor.Dispose();
        }

        string Of(string file) => CheckpointFiles.InTraining(checkpointFolder, file);
    }
}
