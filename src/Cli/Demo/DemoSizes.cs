using Tppo.Core.Settings;
using Tppo.Core.World;

namespace Tppo.Cli.Demo;

/// <summary>What each size and each number of minutes means, as run settings: a run is a function of these alone.</summary>
internal static class DemoSizes
{
    public static IReadOnlyList<string> Names { get; } = ["tiny", "small", "full"];

    // Minutes on two cores of a present-day server, with room; the search world's import is in them.
    private static readonly (double Minutes, int SftWindows, int LabelWindows, int Updates)[] ByMinutes =
    [
        (1, 5_000, 384, 12), (2, 6_000, 512, 24), (4, 16_000, 1_024, 60), (8, 20_000, 2_048, 120), (15, 40_000, 4_096, 240), (30, 75_000, 8_192, 480),
    ];

    /// <summary>The settings of a demo on the search world.</summary>
    public static RunSettings World(string size, long seed, double? minutes)
    {
        // A repeat costs a little more here than by default: it buys two points of distinct words for two of relevance.
        var shaping = new ShapingSettings { RepeatValue = -1.2 };
        var small = new RunSettings
        {
            Seed = seed,
            Split = new SplitSettings { HeldOutBuckets = 250, FoldsBelowUsers = 0 },
            Tppo = new TppoSettings { Shaping = shaping },
        };
        return Timed(Sized(small, size), minutes);
    }

    /// <summary>The settings of a demo on a file of events.</summary>
    public static RunSettings File(string size, long seed, double? minutes, string path, string sha256)
    {
        // A small log's tokenizer cuts words into many tokens: paid by the token, one long word would earn what a response may.
        // And while most words are irrelevant, saying nothing must cost more than the worst words do.
        var shaping = new ShapingSettings { Granularity = RewardGranularity.Word, MalformedValue = -1.5 };
        var file = Sized(new RunSettings { Seed = seed, Tppo = new TppoSettings { Shaping = shaping } }, size);
        return Timed(file with { Input = new InputSettings { Kind = InputKind.File, Path = path, Sha256 = sha256 } }, minutes);
    }

    private static RunSettings Sized(RunSettings small, string size) => size switch
    {
        "tiny" => Tiny(small),
        "full" => small with
        {
            Input = small.Input with { World = small.Input.World with { Users = 4 * small.Input.World.Users } },
            Sft = small.Sft with { Windows = 4 * small.Sft.Windows },
            Labels = small.Labels with { Windows = 4 * small.Labels.Windows },
        },
        _ => small,
    };

    // Every stage and every kind of fact, in seconds: for tests. It learns hardly more than that there are words.
    private static RunSettings Tiny(RunSettings small) => small with
    {
        Input = new InputSettings { World = new WorldSettings { Users = 160, Days = 40 } },
        Model = small.Model with
        {
            Width = 48,
            FeedForward = 96,
            Heads = 3,
            KeyValueHeads = 3,
            Vocabulary = 1024,
            PromptTokensMax = 96,
            ResponseTokensMax = 24,
        },
        Sft = small.Sft with { Windows = 960, PassesMax = 2, WarmupSteps = 10, AllTokensShare = 0.8, ResponseBatch = 32 },
        Labels = small.Labels with { Windows = 48 },
        RewardModel = small.RewardModel with { Epochs = 2, Batch = 8 },
        Tppo = small.Tppo with { Updates = 8, WarmupRounds = 2, Prompts = 8, Minibatch = 4, CheckpointEvery = 3 },
        Evaluation = new EvaluationSettings { WindowsMax = 40, RewardModelWindows = 10 },
    };

    private static RunSettings Timed(RunSettings settings, double? minutes)
    {
        if (minutes is not { } given) return settings;
        var row = ByMinutes.LastOrDefault(r => r.Minutes <= given);
        if (row == default) row = ByMinutes[0];
        return settings with
        {
            Sft = settings.Sft with { Windows = row.SftWindows },
            Labels = settings.Labels with { Windows = row.LabelWindows },
            Tppo = settings.Tppo with { Updates = row.Updates },
        };
    }
}
