using System.Globalization;
using Tppo.Core.Numerics;
using Tppo.Core.Settings;
using Tppo.Learning.Checkpoints;
using Tppo.Learning.Models;
using Tppo.Learning.Native;
using Tppo.Learning.Sampling;
using Tppo.Learning.Training;

namespace Tppo.Learning.Tests.Training;

public sealed class TppoTrainerTests : IDisposable
{
    private static readonly TppoSettings Settings = new()
    {
        Updates = 40,
        Prompts = 16,
        Samples = 4,
        Minibatch = 8,
        LearningRate = 3e-3,
        CriticLearningRate = 3e-3,
    };

    private readonly string folder = Directory.CreateTempSubdirectory("tppo-tests").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Rewarded_tokens_become_frequent()
    {
        using var policy = Tiny.Policy(1);
        using var reference = policy.Clone();
        using var critic = Critic.From(policy, 1);
        using var trainer = new TppoTrainer(policy, reference, critic, Tiny.Model, Settings);
        var first = Sampled(policy, 0);
        for (var update = 0; update < Settings.Updates; update++) trainer.Update(update, Sampled(policy, update));
        var last = Sampled(policy, Settings.Updates);
        Assert.InRange(Good(first), 0.3, 0.65);
        Assert.True(Good(last) > 0.85, $"{Good(first)} before, {Good(last)} after");
    }

    [Fact]
    public void A_heavier_kl_weight_keeps_the_policy_nearer_to_the_reference()
    {
        Assert.True(KlAfter(5) < 0.5 * KlAfter(0));

        double KlAfter(double weight)
        {
            using var policy = Tiny.Policy(1);
            using var reference = policy.Clone();
            using var critic = Critic.From(policy, 1);
            using var trainer = new TppoTrainer(policy, reference, critic, Tiny.Model, Settings with { Shaping = new ShapingSettings { KlWeight = weight } });
            for (var update = 0; update < 15; update++) trainer.Update(update, Sampled(policy, update));
            return trainer.Update(15, Sampled(policy, 15)).Kl;
        }
    }

    [Fact]
    public void Stopping_saving_and_resuming_gives_the_bits_of_an_unbroken_run()
    {
        var unbroken = Path.Combine(folder, "unbroken");
        var resumed = Path.Combine(folder, "resumed");
        using (var trainer = Start())
        {
            trainer.WarmUpCritic(0, Sampled(trainer.Policy, -1));
            for (var update = 0; update < 4; update++) trainer.Update(update, Sampled(trainer.Policy, update));
            Save(unbroken, trainer);
        }

        using (var trainer = Start())
        {
            trainer.WarmUpCritic(0, Sampled(trainer.Policy, -1));
            for (var update = 0; update < 2; update++) trainer.Update(update, Sampled(trainer.Policy, update));
            Save(resumed, trainer);
        }

        using (var trainer = TrainingState.Read(resumed, Settings))
        {
            for (var update = 2; update < 4; update++) trainer.Update(update, Sampled(trainer.Policy, update));
            Save(resumed, trainer);
        }

        var files = Directory.EnumerateFiles(unbroken, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(unbroken, path)).ToArray();
        Assert.Equal(6, files.Length);
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(Path.Combine(unbroken, file)), File.ReadAllBytes(Path.Combine(resumed, file))));
    }

    [Fact]
    public void Warming_up_the_critic_leaves_the_policy_alone_and_explains_returns_better()
    {
        using var trainer = Start();
        var before = Tiny.Bytes(trainer.Policy);
        var batch = Sampled(trainer.Policy, 0);
        var first = trainer.WarmUpCritic(0, batch);
        UpdateStats last = first;
        for (var round = 1; round < 15; round++) last = trainer.WarmUpCritic(round, batch);
        Assert.Equal(before, Tiny.Bytes(trainer.Policy));
        Assert.True(last.ExplainedVariance > first.ExplainedVariance + 0.2, $"{first.ExplainedVariance}, then {last.ExplainedVariance}");
        Assert.Equal(0, first.LearningRate);
    }

    [Fact]
    public void The_first_update_starts_at_ratio_one_and_the_reference_never_moves()
    {
        using var trainer = Start(Settings with { Epochs = 1, Minibatch = 16, RateWarmupUpdates = 0 });
        var before = Tiny.Bytes(trainer.Reference);
        var stats = trainer.Update(0, Sampled(trainer.Policy, 0));
        Assert.Equal(1, stats.Ratio, 1e-5);
        Assert.Equal(0, stats.Kl, 1e-4);
        Assert.Equal(0, stats.ClipFraction);
        Assert.Equal(3e-3, stats.LearningRate, 1e-12);
        Assert.True(stats.GradientNorm > 0 && stats.Entropy > 0 && stats.Tokens > 0);
        Assert.Equal(before, Tiny.Bytes(trainer.Reference));
    }

    [Fact]
    public void Rates_rise_over_three_updates_and_fall_with_the_updates_number_alone()
    {
        using var trainer = Start(Settings with { LearningRate = 1e-3, RateWarmupUpdates = 3, Updates = 10, FinalRateShare = 0.1 });
        var batch = Sampled(trainer.Policy, 0);
        Assert.Equal(1e-3 / 3, trainer.Update(0, batch).LearningRate, 1e-12);
        Assert.Equal(1e-3 * (1 - (0.9 * 0.5)), trainer.Update(5, batch).LearningRate, 1e-12);
        Assert.Equal(1e-3 * (1 - (0.9 * 0.9)), trainer.Update(9, batch).LearningRate, 1e-12);
    }

    [Fact]
    public void Scores_lengths_and_missing_ends_are_those_of_the_rollouts()
    {
        using var trainer = Start();
        var batch = new UpdateBatch(
            [[Response([10, 11], [20, 1], [0.5f, 0])], [Response([12], [21, 22, 23], [1, -1, 1]), Response([12], [1], [0])]], 1);
        var stats = trainer.Update(0, batch);
        Assert.Equal(0.5, stats.Scores, 1e-6);
        Assert.Equal(2, stats.ResponseLength, 1e-12);
        Assert.Equal(1 / 3.0, stats.NoEosRatio, 1e-12);
        Assert.Equal(stats.Scores - (0.05 * stats.Kl), stats.RlhfReward, 1e-9);
    }

    [Fact]
    public void A_response_without_tokens_is_refused_and_so_are_arrays_that_do_not_match()
    {
        Assert.Contains("no tokens", Refused([], [], [], []), StringComparison.Ordinal);
        Assert.Contains("3 rewards", Refused([20, 1], [0, 0], [0, 0, 0], [true, true]), StringComparison.Ordinal);

        static string Refused(int[] ids, float[] logProbs, float[] rewards, bool[] inLoss) =>
            Assert.Throws<ArgumentException>(() => new Trajectory([10], ids, logProbs, rewards, inLoss)).Message;
    }

    [Fact]
    public void An_update_without_windows_is_refused_and_so_is_a_window_without_responses()
    {
        using var trainer = Start();
        Assert.Contains("needs windows", Assert.Throws<ArgumentException>(() => trainer.Update(0, new UpdateBatch([], 1))).Message, StringComparison.Ordinal);
        Assert.Contains("needs windows", Assert.Throws<ArgumentException>(() => trainer.Update(0, new UpdateBatch([[]], 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_out_of_the_loss_do_not_move_the_policy()
    {
        using var trainer = Start(Settings with { Shaping = new ShapingSettings { KlWeight = 0 } });
        var before = Tiny.Bytes(trainer.Policy);
        var batch = Sampled(trainer.Policy, 0);
        Trajectory[][] silent = [.. batch.Windows.Select(window => (Trajectory[])[.. window.Select(Silent)])];
        var stats = trainer.Update(3, batch with { Windows = silent });
        Assert.Equal(0, stats.PolicyLoss);
        Assert.Equal(before, Tiny.Bytes(trainer.Policy));
    }

    [Fact]
    public void What_people_really_searched_next_is_learned_beside_the_rewards()
    {
        using var trainer = Start(Settings with { SftWeight = 0.5, Shaping = new ShapingSettings { KlWeight = 0 } });
        var batch = Sampled(trainer.Policy, 0);
        int[][] real = [.. batch.Windows.Select((_, w) => (int[])[30 + w, 31, 1])];
        Trajectory[][] silent = [.. batch.Windows.Select(window => (Trajectory[])[.. window.Select(Silent)])];
        var alone = batch with { Windows = silent, RealTargets = real };
        var expected = -ResponseLogProbs.Of(trainer.Policy, [.. batch.Windows.Select(w => w[0].Prompt)], [.. real.Select(r => (int[][])[r])])
            .SelectMany(w => w[0]).Average();
        var first = trainer.Update(0, alone);
        // The mean over two epochs, in which it falls a little.
        Assert.Equal(expected, first.SftLoss!.Value, 0.05 * expected);
        for (var update = 1; update < 8; update++) Assert.NotNull(trainer.Update(update, alone).SftLoss);
        Assert.True(trainer.Update(8, alone).SftLoss < first.SftLoss - 0.5);
        Assert.Null(trainer.Update(9, batch).SftLoss);
        var refused = Assert.Throws<ArgumentException>(() => trainer.Update(9, batch with { RealTargets = real[..1] }));
        Assert.Contains("real targets of 1", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Updates_leave_no_tensors_behind()
    {
        using var trainer = Start();
        var batch = Sampled(trainer.Policy, 0);
        for (var update = 0; update < 2; update++) trainer.Update(update, batch);
        var before = TorchRuntime.LiveTensors;
        for (var update = 2; update < 6; update++) trainer.Update(update, batch);
        // Fewer where the collector has taken what another test left.
        Assert.InRange(TorchRuntime.LiveTensors, 0, before);
    }

    // Out of the loss.
    private static Trajectory Silent(Trajectory t) => new(t.Prompt, t.Ids, t.SampledLogProbs, t.Rewards, new bool[t.Ids.Length]);

    private static TppoTrainer Start(TppoSettings? settings = null)
    {
        var policy = Tiny.Policy(1);
        return new TppoTrainer(policy, policy.Clone(), Critic.From(policy, 1), Tiny.Model, settings ?? Settings);
    }

    private static Trajectory Response(int[] prompt, int[] ids, float[] rewards) =>
        new(prompt, ids, [.. ids.Select(_ => -5f)], rewards, [.. ids.Select(_ => true)]);

    private static void Save(string path, TppoTrainer trainer)
    {
        ModelFolder.Write(path, trainer.Policy, Tiny.Model);
        TrainingState.Write(path, trainer);
    }

    /// <summary>Rollouts of the policy; a token below 138 pays, one above costs.</summary>
    private static UpdateBatch Sampled(Decoder policy, int update)
    {
        var prompts = Tiny.Prompts(Settings.Prompts, 50 + update);
        var samples = Sampler.Sample(policy, prompts, Settings.Samples, 6, (p, g) => SeededRandom.For(
            "test-rollout", update, p.ToString(CultureInfo.InvariantCulture), g.ToString(CultureInfo.InvariantCulture)));
        Trajectory[] responses =
        [
            .. samples.Select((sample, i) => new Trajectory(
                prompts[i / Settings.Samples], sample.Ids, sample.LogProbs,
                [.. sample.Ids.Select(id => id < 138 ? 0.5f : -0.5f)], [.. sample.Ids.Select(_ => true)])),
        ];
        return new UpdateBatch([.. responses.Chunk(Settings.Samples)], update);
    }

    private static double Good(UpdateBatch batch)
    {
        var ids = batch.Windows.SelectMany(window => window).SelectMany(t => t.Ids).ToArray();
        return ids.Count(id => id < 138) / (double)ids.Length;
    }
}
