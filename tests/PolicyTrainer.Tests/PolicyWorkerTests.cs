using System.Globalization;
using Tppo.Core;
using Tppo.Core.Cuts;
using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Core.Rollouts;
using Tppo.Core.Settings;
using Tppo.Core.Windows;
using Tppo.Facts.Artifacts;
using Tppo.Facts.Cuts;
using Tppo.Facts.Models;
using Tppo.Learning.Checkpoints;
using Tppo.Learning.Native;
using Tppo.Steps;
using Tppo.Streaming.Codecs;
using Tppo.Streaming.Faults;
using Tppo.Streaming.Records;
using Tppo.TestKit;

namespace Tppo.PolicyTrainer.Tests;

public sealed class PolicyWorkerTests
{
    private static readonly string[] Written = [Topics.Rollouts, Topics.Cuts, Topics.Models];

    [Fact]
    public void From_windows_and_a_reward_model_to_a_final_policy_with_a_cut_before_every_step()
    {
        using var kit = Finished();
        Assert.Equal(["critic/0", "policy/0", "policy/1", "policy/2", "policy/3", "policy/4", "reward/0"], kit.Ids(Topics.Cuts));
        Assert.Equal(
            [
                "critic/0/checkpoint_produced", "policy/0/checkpoint_produced", "policy/2/checkpoint_produced",
                "policy/4/checkpoint_produced", "reward/0/checkpoint_produced",
            ],
            kit.Ids(Topics.Models));
        var models = Models(kit);
        Assert.True(models.Newest(ModelFamilies.Policy)!.Final);
        Assert.All(
            models.Checkpoints,
            c => Assert.Null(kit.Artifacts.Damage(c.Checkpoint)));
        foreach (var update in Enumerable.Range(1, 4).Select(i => models.Cut(new StepId(ModelFamilies.Policy, i))!))
        {
            Assert.Equal(models.Find(ModelFamilies.Reward, 0)!.Checkpoint, update.RewardModel);
            Assert.Equal(models.Find(ModelFamilies.Policy, 0)!.Checkpoint, update.ReferencePolicy);
            Assert.Equal(update.Ordinal - 1, update.Parent);
            Assert.Equal(4 * 2, CutRecords.Read(kit.Log, update).Records.Sum(r => RolloutCodec.Decode(r.Value).Length));
        }
    }

    [Fact]
    public void Without_the_end_of_the_windows_on_every_partition_it_does_nothing()
    {
        using var kit = new ServiceKit(TinyRun.Settings);
        kit.Log.Append([EndMark.Of("world", Topics.Windows, 0)]);
        kit.RunUntilIdle(PolicyTrainerService.Compose);
        Assert.All(Written, t => Assert.Empty(kit.Ids(t)));
    }

    [Theory]
    [InlineData(999, 0, "the split of seed 1: expected users who are trained on, found none of the ")]
    [InlineData(1, 0, "the split of seed 1: expected users who are held out, found none of the ")]
    public void A_split_with_nobody_on_one_side_is_told_before_anything_is_trained(int heldOutBuckets, int foldsBelow, string told)
    {
        using var kit = new ServiceKit(TinyRun.Settings with { Split = new SplitSettings { HeldOutBuckets = heldOutBuckets, FoldsBelowUsers = foldsBelow } });
        kit.Log.AppendWindows(kit.Settings);
        var refused = Assert.Throws<UserException>(() => kit.RunUntilIdle(PolicyTrainerService.Compose));
        Assert.StartsWith(told, refused.Message, StringComparison.Ordinal);
        Assert.All(Written, t => Assert.Empty(kit.Ids(t)));
    }

    [Fact]
    public void A_fold_in_which_nobody_is_held_out_is_left_out_and_the_others_keep_their_numbers()
    {
        const int folds = 20;
        using var kit = new ServiceKit(TinyRun.Settings with { Split = new SplitSettings { FoldsBelowUsers = 1000, Folds = folds } });
        kit.Log.AppendWindows(kit.Settings);
        var held = kit.Records(Topics.Windows).Select(r => r.Header(HeaderNames.Bucket)).OfType<string>()
            .Select(b => int.Parse(b, CultureInfo.InvariantCulture) % folds).Distinct().Order().ToList();
        Assert.InRange(held.Count, 2, folds - 1);
        kit.RunUntilIdle(PolicyTrainerService.Compose);
        Assert.Equal(held.Select(f => new Fold(f, folds, kit.Settings.Split.HeldOutBuckets)), Models(kit).Checkpoints.Select(c => c.Fold));
    }

    [Fact]
    public void Rollouts_to_be_judged_are_closed_by_end_marks_and_sampled_from_users_who_train()
    {
        using var kit = Ready();
        kit.RunUntilIdle(PolicyTrainerService.Compose);
        var records = kit.Records(Topics.Rollouts);
        Assert.Equal(2, records.Count(r => EndMark.Is(r, out var stage) && stage == ModelFamilies.Reward));
        var rows = records.Where(r => !EndMark.Is(r, out _)).SelectMany(r => RolloutCodec.Decode(r.Value)).ToList();
        Assert.Equal(16 * 2, rows.Count);
        Assert.All(rows, r => Assert.Equal((Purposes.Label, "policy/0"), (r.Purpose, r.PolicyVersion)));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void Dead_at_every_append_and_started_again_it_ends_with_the_same_checkpoints_and_records(int appendsALife, bool written)
    {
        using var unbroken = Finished();
        using var broken = Ready();
        var deaths = broken.RunThroughDeaths(PolicyTrainerService.Compose, appendsALife, written);
        TinyModels.TinyModels.AppendReward(broken, Models(broken).Find(ModelFamilies.Policy, 0)!);
        deaths += broken.RunThroughDeaths(PolicyTrainerService.Compose, appendsALife, written);
        Assert.True(deaths >= 10, $"{deaths} deaths");
        foreach (var topic in Written) Assert.Equal(unbroken.Ids(topic), broken.Ids(topic));
        Assert.Equal(Models(unbroken).Checkpoints.Select(c => c.Checkpoint), Models(broken).Checkpoints.Select(c => c.Checkpoint));
    }

    [Fact]
    public void The_cut_stands_on_the_log_before_its_step_ends_and_a_damaged_window_then_halts_the_trainer()
    {
        using var kit = Ready();
        Assert.Throws<InjectedCrashException>(() => kit.RunUntilIdle(PolicyTrainerService.Compose, new MortalLog(kit.Log, 2, written: false)));
        Assert.Equal(["policy/0"], kit.Ids(Topics.Cuts));
        Assert.Empty(kit.Ids(Topics.Models));

        var victim = kit.Records(Topics.Windows)[3];
        var damaged = new DamagedLog(kit.Log, r => r.Topic == victim.Topic && r.Partition == victim.Partition && r.Offset == victim.Offset);
        var halted = Assert.Throws<CutMismatchException>(() => kit.RunUntilIdle(PolicyTrainerService.Compose, damaged));
        Assert.Contains($"windows.v1/{victim.Partition}/{victim.Offset}", halted.Message, StringComparison.Ordinal);
        Assert.Empty(kit.Ids(Topics.Models));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_run_resumed_from_any_of_its_checkpoints_gives_the_same_bits_as_the_unbroken_one(bool guarded)
    {
        var shaping = new ShapingSettings { CopyRule = true, NewWordRule = true, FormPenalty = 1 };
        using var kit = Finished(guarded ? TinyRun.Settings with { Tppo = TinyRun.Settings.Tppo with { SftWeight = 0.2, Shaping = shaping } } : null);
        var models = Models(kit);
        var (sft, reward) = (models.Find(ModelFamilies.Policy, 0)!, models.Find(ModelFamilies.Reward, 0)!);
        var (critic, last) = (models.Find(ModelFamilies.Critic, 0)!, models.Find(ModelFamilies.Policy, 4)!);
        var warmUp = models.Cut(new StepId(ModelFamilies.Critic, 0))!;
        using (var start = PolicyRun.Start(Elsewhere(kit, "start", sft, reward), sft, reward, models.Cut(sft.Made)!))
        {
            start.WarmUp(CutRecords.Read(kit.Log, warmUp));
            Assert.Equal(critic.Checkpoint, start.SaveCritic().Checkpoint);
        }

        foreach (var from in new[] { critic, models.Find(ModelFamilies.Policy, 2)! })
        {
            var done = from.Model == ModelFamilies.Policy ? from.Version : 0;
            Cut[] behind = [warmUp, .. Enumerable.Range(1, done).Select(i => models.Cut(new StepId(ModelFamilies.Policy, i))!)];
            var context = Elsewhere(kit, from.Made.ToString(), sft, reward, from);
            using var run = PolicyRun.Resume(context, sft, reward, models.Cut(sft.Made)!, from, behind);
            for (var i = done + 1; i <= 4; i++) run.Update(CutRecords.Read(kit.Log, models.Cut(new StepId(ModelFamilies.Policy, i))!));
            Assert.Equal(last.Checkpoint, run.SavePolicy().Checkpoint);
            // How often the optimiser stepped is told, and not kept.
            Assert.Equal(
                Curves.Read<UpdatePoint>(kit.Artifacts.Folder(last.Checkpoint)),
                run.Curve.Select(p => p with { Stats = p.Stats with { OptimiserSteps = 0 } }));
            foreach (var file in Directory.EnumerateFiles(context.Artifacts.Folder(last.Checkpoint), "*", SearchOption.AllDirectories))
                Assert.Equal(
                    ArtifactStore.HashOf(file),
                    ArtifactStore.HashOf(file.Replace(context.Artifacts.Folder(""), kit.Artifacts.Folder(""), StringComparison.Ordinal)));
        }
    }

    // The same log, and a store of its own with copies of some checkpoints: what a run saves there, it has made itself.
    private static StepContext Elsewhere(ServiceKit kit, string name, params CheckpointProduced[] known)
    {
        var store = new ArtifactStore(Path.Combine(kit.Folder, "elsewhere", name));
        foreach (var checkpoint in known)
        {
            var source = kit.Artifacts.Folder(checkpoint.Checkpoint);
            Assert.Equal(checkpoint.Checkpoint, store.Add(folder => Copy(source, folder)).Name);
        }

        return new StepContext(kit.Log, kit.Settings, store);

        static void Copy(string from, string to)
        {
            foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            {
                var copy = Path.Combine(to, Path.GetRelativePath(from, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }
        }
    }

    [Fact]
    public void A_damaged_rollout_halts_an_update()
    {
        using var kit = Finished();
        var models = Models(kit);
        var damaged = new DamagedLog(kit.Log, r => r.Topic == Topics.Rollouts && r.Header(HeaderNames.Step) == "policy/1");
        Assert.Throws<CutMismatchException>(() => CutRecords.Read(damaged, models.Cut(new StepId(ModelFamilies.Policy, 1))!));
    }

    [Fact]
    public void Updates_leave_as_many_live_tensors_as_they_found_and_the_worker_none()
    {
        using var kit = Ready();
        kit.RunUntilIdle(PolicyTrainerService.Compose);
        TinyModels.TinyModels.AppendReward(kit, Models(kit).Find(ModelFamilies.Policy, 0)!);
        var before = TorchRuntime.LiveTensors;
        var counts = new List<long>();
        using (var worker = PolicyTrainerService.Compose(kit.Context)[0])
        {
            while (worker.Work(CancellationToken.None)) counts.Add(TorchRuntime.LiveTensors);
        }

        // Warm-up, then four updates; with the last the run is over and lets go of its models.
        Assert.Equal(5, counts.Count);
        Assert.True(counts[1] == counts[2] && counts[2] == counts[3], string.Join(' ', counts));
        Assert.Equal(before, counts[4]);
        Assert.Equal(before, TorchRuntime.LiveTensors);
    }

    private static ServiceKit Ready(RunSettings? settings = null)
    {
        var kit = new ServiceKit(settings ?? TinyRun.Settings);
        kit.Log.AppendWindows(kit.Settings);
        return kit;
    }

    private static ServiceKit Finished(RunSettings? settings = null)
    {
        var kit = Ready(settings);
        kit.RunUntilIdle(PolicyTrainerService.Compose);
        TinyModels.TinyModels.AppendReward(kit, Models(kit).Find(ModelFamilies.Policy, 0)!);
        kit.RunUntilIdle(PolicyTrainerService.Compose);
        return kit;
    }

    private static ModelLog Models(ServiceKit kit)
    {
        var models = new ModelLog(kit.Log);
        models.Refresh();
        return models;
    }
}
