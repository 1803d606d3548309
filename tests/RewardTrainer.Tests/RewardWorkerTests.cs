using Tppo.Core.Cuts;
using Tppo.Core.Judging;
using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Core.Rollouts;
using Tppo.Core.Text;
using Tppo.Facts.Artifacts;
using Tppo.Facts.Cuts;
using Tppo.Facts.Models;
using Tppo.Facts.Rollouts;
using Tppo.Learning.Native;
using Tppo.Steps;
using Tppo.Streaming.Codecs;
using Tppo.Streaming.Faults;
using Tppo.Streaming.Records;
using Tppo.TestKit;

namespace Tppo.RewardTrainer.Tests;

public sealed class RewardWorkerTests
{
    private const int Windows = 20;
    private const int Samples = 2;
    private static readonly StepId Step = new(ModelFamilies.Reward, 0);

    [Fact]
    public void From_labels_that_are_complete_to_a_reward_model_with_its_lineage()
    {
        using var kit = Ready();
        kit.RunUntilIdle(RewardTrainerService.Compose);
        var models = Models(kit);
        var (policy, reward, cut) = (models.Find(ModelFamilies.Policy, 0)!, models.Find(ModelFamilies.Reward, 0)!, models.Cut(Step)!);
        Assert.Equal(["policy/0", $"{Step}"], kit.Ids(Topics.Cuts));
        Assert.Equal(policy.Checkpoint, cut.ReferencePolicy);
        Assert.Equal(kit.Records(Topics.Rollouts).Concat(kit.Records(Topics.TokenRewards)).Count(r => !EndMark.Is(r, out _)) - 1, cut.RecordHashes.Count);
        Assert.Equal(reward.Weights, ArtifactStore.HashOf(Path.Combine(kit.Artifacts.Folder(reward.Checkpoint), CheckpointFiles.Weights)));
        Assert.Equal(policy.Checkpoint, reward.Parents[ModelFamilies.Policy]);
        Assert.Contains(
            "\"reward\"", File.ReadAllText(Path.Combine(kit.Artifacts.Folder(reward.Checkpoint), "training", "lineage.json")), StringComparison.Ordinal);
        Assert.InRange(reward.Stats["rm_label_ratio"], 0.2, 0.8);
    }

    [Fact]
    public void Without_the_end_of_the_labels_on_every_partition_it_waits()
    {
        using var kit = Ready(ends: false);
        kit.Log.Append([EndMark.Of(ModelFamilies.Reward, Topics.TokenRewards, 0)]);
        kit.RunUntilIdle(RewardTrainerService.Compose);
        Assert.Equal(["policy/0"], kit.Ids(Topics.Cuts));
        kit.Log.Append([EndMark.Of(ModelFamilies.Reward, Topics.TokenRewards, 1)]);
        kit.RunUntilIdle(RewardTrainerService.Compose);
        Assert.Equal(["policy/0", $"{Step}"], kit.Ids(Topics.Cuts));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void Dead_after_the_cut_or_before_the_fact_and_started_again_it_gives_the_same_checkpoint(int appendsALife, bool written)
    {
        using var unbroken = Ready();
        unbroken.RunUntilIdle(RewardTrainerService.Compose);
        using var broken = Ready();
        Assert.Throws<InjectedCrashException>(() => broken.RunUntilIdle(RewardTrainerService.Compose, new MortalLog(broken.Log, appendsALife, written)));
        Assert.Equal(["policy/0", $"{Step}"], broken.Ids(Topics.Cuts));
        Assert.Null(Models(broken).Find(ModelFamilies.Reward, 0));
        // What comes later is not in the cut.
        broken.Log.Append(
            [.. RowRecords.Rollouts(broken.Log, [.. Rows(broken, Topics.Rollouts).Take(1)], new StepId(ModelFamilies.Policy, 1), Purposes.Update)]);

        broken.Reopen();
        broken.RunUntilIdle(RewardTrainerService.Compose);
        Assert.Equal(Models(unbroken).Find(ModelFamilies.Reward, 0)!.Checkpoint, Models(broken).Find(ModelFamilies.Reward, 0)!.Checkpoint);
        Assert.Equal(unbroken.Ids(Topics.Cuts), broken.Ids(Topics.Cuts));
        Assert.Equal(unbroken.Ids(Topics.Models), broken.Ids(Topics.Models));
    }

    [Theory]
    [InlineData(Topics.Rollouts)]
    [InlineData(Topics.TokenRewards)]
    public void A_record_that_is_not_what_the_cut_named_halts_it(string topic)
    {
        using var kit = Ready();
        Assert.Throws<InjectedCrashException>(() => kit.RunUntilIdle(RewardTrainerService.Compose, new MortalLog(kit.Log, 1, written: true)));
        var victim = kit.Records(topic).First(r => r.Header(HeaderNames.Step) == $"{Step}");
        var damaged = new DamagedLog(kit.Log, r => r.Topic == topic && r.Partition == victim.Partition && r.Offset == victim.Offset);
        Assert.Throws<CutMismatchException>(() => kit.RunUntilIdle(RewardTrainerService.Compose, damaged));
        Assert.Null(Models(kit).Find(ModelFamilies.Reward, 0));
    }

    [Fact]
    public void Responses_without_a_label_are_left_out_and_windows_come_in_order_of_their_hash()
    {
        using var kit = Ready(unlabelled: 3);
        kit.RunUntilIdle(RewardTrainerService.Compose);
        var cut = Models(kit).Cut(Step)!;
        var labelled = RewardStep.Labelled(kit.Log, cut);
        Assert.Equal((Windows * Samples) - 3, labelled.Sum(w => w.Responses.Count));
        var hashes = labelled.Select(w => Core.Numerics.Digest.Sha256Hex(FormattableString.Invariant($"{cut.Seed}"), w.WindowId)).ToList();
        Assert.Equal(hashes.Order(StringComparer.Ordinal), hashes);
        var rewards = kit.Records(Topics.TokenRewards)
            .Where(r => !EndMark.Is(r, out _))
            .SelectMany(r => TokenRewardCodec.Decode(r.Value))
            .ToDictionary(r => r.RolloutId);
        Assert.All(labelled.SelectMany(w => w.Responses), r => Assert.Equal(rewards[r.RolloutId].Categories, r.Categories));
    }

    [Fact]
    public void Training_leaves_as_many_live_tensors_as_it_found()
    {
        using var kit = Ready();
        var before = TorchRuntime.LiveTensors;
        kit.RunUntilIdle(RewardTrainerService.Compose);
        Assert.NotNull(Models(kit).Find(ModelFamilies.Reward, 0));
        Assert.Equal(before, TorchRuntime.LiveTensors);
    }

    private static ServiceKit Ready(bool ends = true, int unlabelled = 0)
    {
        var kit = new ServiceKit(TinyRun.Settings);
        var windows = kit.Log.AppendWindows(kit.Settings);
        var policy = TinyModels.TinyModels.AppendPolicy(kit, windows);
        var rows = TinyModels.TinyModels.Sample(kit, policy, [.. windows.Take(Windows)], Samples, Step, Purposes.Label);
        kit.Log.Append([.. RowRecords.Rollouts(kit.Log, rows, Step, Purposes.Label)]);
        var evaluation = StepId.OfEvaluation(ModelFamilies.Policy, 0);
        var measured = TinyModels.TinyModels.Sample(kit, policy, [windows[0]], 1, evaluation, Purposes.Evaluation);
        kit.Log.Append([.. RowRecords.Rollouts(kit.Log, measured, evaluation, Purposes.Evaluation)]);
        kit.Log.AppendEnds(ModelFamilies.Reward, Topics.Rollouts);
        foreach (var group in rows.Skip(unlabelled).GroupBy(r => WorldFacts.PartitionOf(r.User, 2)))
            kit.Log.Append([RowRecords.TokenRewards(group.Key, [.. group.Select(Label)], Step)]);
        if (ends) kit.Log.AppendEnds(ModelFamilies.Reward, Topics.TokenRewards);
        return kit;
    }

    // Words that begin with a letter of the first half of the alphabet are relevant.
    private static TokenRewardRow Label(RolloutRow row)
    {
        var words = Words.Split(row.Response);
        var wordOfToken = Alignment.WordOfToken(words, row.ByteStarts, row.ByteEnds);
        return new TokenRewardRow
        {
            RolloutId = row.RolloutId,
            JudgementId = "judgement of " + row.RolloutId,
            User = row.User,
            ResponseIds = row.ResponseIds,
            WordIndex = wordOfToken,
            Categories = Alignment.CategoryOfToken(wordOfToken, [.. words.Select(w => Core.Judging.Categories.Of(w.Text[0] < 'm'))]),
            Sentence = (Category)(row.Response.Length % 3),
            TokenizerSha256 = "",
        };
    }

    private static IEnumerable<RolloutRow> Rows(ServiceKit kit, string topic) =>
        kit.Records(topic).Where(r => !EndMark.Is(r, out _)).SelectMany(r => RolloutCodec.Decode(r.Value));

    private static ModelLog Models(ServiceKit kit)
    {
        var models = new ModelLog(kit.Log);
        models.Refresh();
        return models;
    }
}
