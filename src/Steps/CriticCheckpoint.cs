using Tppo.Core.Models;
using Tppo.Core.Settings;
using Tppo.Learning.Checkpoints;
using Tppo.Learning.Models;
using Tppo.Learning.Training;

namespace Tppo.Steps;

/// <summary>The critic after its warm-up, with its optimiser: what TPPO's first update starts from, beside the SFT policy.</summary>
internal static class CriticCheckpoint
{
    public static void Write(string folder, TppoTrainer trainer)
    {
        ModelFolder.Write(folder, trainer.Critic, trainer.Critic.Settings);
        Directory.CreateDirectory(Path.Combine(folder, CheckpointFiles.TrainingFolder));
        using var scope = TorchSharp.torch.NewDisposeScope();
        SafeTensors.Write(CheckpointFiles.InTraining(folder, CheckpointFiles.CriticOptimiser), trainer.CriticOptimiser.State());
    }

    public static TppoTrainer Read(string folder, string sftFolder, TppoSettings settings)
    {
        var policy = ModelFolder.Read(sftFolder, DecoderHead.None);
        var critic = ModelFolder.Read(folder, DecoderHead.Value);
        var state = SafeTensors.Read(CheckpointFiles.InTraining(folder, CheckpointFiles.CriticOptimiser));
        try
        {
            return new TppoTrainer(policy, policy.Clone(), critic, policy.Settings, settings, criticOptimiser: state);
        }
        finally
        {
            foreach (var tensor in state.Values) tensor.Dispose();
        }
    }
}
