using Tppo.Core.Settings;
using Tppo.Core.World;

namespace Tppo.TestKit;

/// <summary>A run so small that a test trains its models in the blink of an eye.</summary>
public static class TinyRun
{
    public static RunSettings Settings { get; } = new()
    {
        Partitions = 2,
        Input = new InputSettings { World = new WorldSettings { Users = 40, Days = 30 } },
        Split = new SplitSettings { HeldOutBuckets = 250, FoldsBelowUsers = 0 },
        Model = new ModelSettings
        {
            Layers = 1,
            Width = 16,
            Heads = 2,
            KeyValueHeads = 2,
            FeedForward = 16,
            Vocabulary = 300,
            PromptTokensMax = 40,
            ResponseTokensMax = 12,
        },
        Sft = new SftSettings { Windows = 32, PassesMax = 1, AllTokensBatch = 8, ResponseBatch = 8, WarmupSteps = 1 },
        Labels = new LabelSettings { Windows = 16, Samples = 2 },
        RewardModel = new RewardModelSettings { Epochs = 1, Batch = 8, WarmupSteps = 1 },
        Tppo = new TppoSettings { Updates = 4, WarmupRounds = 1, Prompts = 4, Samples = 2, Minibatch = 2, CheckpointEvery = 2 },
        Evaluation = new EvaluationSettings { WindowsMax = 8, RewardModelWindows = 4 },
    };
}
