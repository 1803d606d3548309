using Tppo.Core.Cuts;
using Tppo.Core.Models;
using Tppo.Core.Numerics;
using Tppo.Core.Rollouts;
using Tppo.Core.Settings;
using Tppo.Core.Windows;
using Tppo.Learning.Checkpoints;
using Tppo.Learning.Models;
using Tppo.Learning.Native;
using Tppo.Learning.Prompts;
using Tppo.Learning.Tokenizing;
using Tppo.Steps;
using Tppo.TestKit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(Tppo.TinyModels.TorchFixture))]
// Torch is one resource of the process, and tests count its live tensors.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace Tppo.TinyModels;

/// <summary>Starts torch as the product does, before any test.</summary>
public sealed class TorchFixture
{
    public TorchFixture() => TorchRuntime.Start(Numerics.Portable, threads: 2);
}

/// <summary>Checkpoints with fresh weights, put on a log as their trainers would. Compiled into each test project that trains.</summary>
internal static class TinyModels
{
    public static CheckpointProduced AppendPolicy(ServiceKit kit, IReadOnlyList<Window> windows, int version = 0, bool final = false, long seed = 1)
    {
        var tokenizer = BpeTrainer.Train(windows.Take(50).SelectMany(w => PromptBuilder.TokenizerTexts(w)), kit.Settings.Model.Vocabulary);
        var shape = kit.Settings.Model with { Vocabulary = tokenizer.VocabularySize };
        using var decoder = new Decoder(shape, DecoderHead.None, SeededRandom.For("tiny policy", seed));
        var checkpoint = kit.Artifacts.Add(folder => ModelFolder.Write(folder, decoder, shape, tokenizer)).Name;
        return kit.Log.AppendCheckpoint(kit.Settings, ModelFamilies.Policy, checkpoint, version, final);
    }

    public static CheckpointProduced AppendReward(ServiceKit kit, CheckpointProduced policy)
    {
        ModelSettings shape;
        using (var of = ModelFolder.Read(kit.Artifacts.Folder(policy.Checkpoint), DecoderHead.None)) shape = of.Settings;
        using var decoder = new Decoder(shape, DecoderHead.Category, SeededRandom.For("tiny reward model", 1));
        var checkpoint = kit.Artifacts.Add(folder => ModelFolder.Write(folder, decoder, shape)).Name;
        return kit.Log.AppendCheckpoint(kit.Settings, ModelFamilies.Reward, checkpoint);
    }

    public static RolloutRow[] Sample(ServiceKit kit, CheckpointProduced policy, IReadOnlyList<Window> windows, int samples, StepId step, string purpose)
    {
        var folder = kit.Artifacts.Folder(policy.Checkpoint);
        return LocalRolloutEngine.Sample(folder, kit.Settings.Seed, new RolloutRequest(windows, samples, step, purpose, policy.Made));
    }
}
