using Tppo.Core.Settings;
using Tppo.Learning.Checkpoints;
using Tppo.Learning.Models;
using Tppo.Learning.Training;

namespace Tppo.PolicyTrainer;

/// <summary>The critic after its warm-up, with its optimiser: what TPPO's first update starts from, beside the SFT policy.</summary>
internal static class CriticCheckpoint
{
    private const string Optimiser = "critic_optimiser.safetensors";

    public static void Write(string folder, TppoTrainer trainer)
    {
        ModelFolder.Write(folder, trainer.Critic, trainer.Critic.Settings);
        Directory.CreateDirectory(Path.Combine(folder, TrainingState.Folder));
        using var scope = TorchSharp.torch.NewDisposeScope();
        SafeTensors.Write(Path.Combine(folder, TrainingState.Folder, Optimiser), trainer.CriticOptimiser.State());
    }

    public static TppoTrainer Read(string folder, string sftFolder, TppoSettings settings)
    {
        var policy = ModelFolder.Read(sftFolder, DecoderHead.None);
        var critic = ModelFolder.Read(folder, DecoderHead.Value);
        var state = SafeTensors.Read(Path.Combine(folder, TrainingState.Folder, Optimiser));
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
