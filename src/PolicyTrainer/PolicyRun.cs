using Tppo.Core.Cuts;
using Tppo.Core.Models;
using Tppo.Core.Numerics;
using Tppo.Core.Rollouts;
using Tppo.Core.Settings;
using Tppo.Hosting.Artifacts;
using Tppo.Hosting.Cuts;
using Tppo.Hosting.Rollouts;
using Tppo.Learning.Checkpoints;
using Tppo.Learning.Models;
using Tppo.Learning.Native;
using Tppo.Learning.Tokenizing;
using Tppo.Learning.Training;
using Tppo.Streaming.Codecs;
using Tppo.Streaming.Log;

namespace Tppo.PolicyTrainer;

/// <summary>
/// A policy on its way through TPPO: critic warm-up, then updates, each from a cut over its rollouts. Its state between
/// steps is what a checkpoint holds, so that training, a restart and a rebuild walk the same path. Use it on one thread, in
/// one's turn at torch. Owns its models.
/// </summary>
public sealed class PolicyRun : IDisposable
{
    private readonly IEventLog log;
    private readonly RunSettings settings;
    private readonly CheckpointProduced sft, reward;
    private readonly Decoder rewardModel;
    private readonly TppoTrainer trainer;
    private readonly List<UpdatePoint> curve;
    private readonly List<Cut> cuts = [];

    private PolicyRun(
        IEventLog log, RunSettings settings, CheckpointProduced sft, CheckpointProduced reward, Decoder rewardModel, Tokenizer tokenizer, TppoTrainer trainer, IEnumerable<UpdatePoint> curve)
    {
        (this.log, this.settings, this.sft, this.reward, this.rewardModel, this.trainer) = (log, settings, sft, reward, rewardModel, trainer);
        Tokenizer = tokenizer;
        this.curve = [.. curve];
    }

    /// <summary>The policy as it is.</summary>
    public Decoder Policy => trainer.Policy;

    /// <summary>Its tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>Figures of the updates so far.</summary>
    public IReadOnlyList<UpdatePoint> Curve => curve;

    /// <summary>A run before its critic's warm-up: the SFT policy, and a critic on the reward model's backbone.</summary>
    public static PolicyRun Start(IEventLog log, RunSettings settings, CheckpointProduced sft, CheckpointProduced reward, ArtifactStore artifacts)
    {
        var policy = ModelFolder.Read(artifacts.Folder(sft.Checkpoint), DecoderHead.None);
        var rewardModel = ModelFolder.Read(artifacts.Folder(reward.Checkpoint), DecoderHead.Category);
        var critic = Critic.From(rewardModel, Digest.Seed(settings.Seed, sft.Fold.Model(ModelFamilies.Critic)));
        return new PolicyRun(
            log, settings, sft, reward, rewardModel, TokenizerOf(artifacts, sft), new TppoTrainer(policy, policy.Clone(), critic, policy.Settings, settings.Tppo), []);
    }

    /// <summary>A run as one of its checkpoints holds it: the critic's after warm-up, or the policy's after some update.</summary>
    public static PolicyRun Resume(
        IEventLog log, RunSettings settings, CheckpointProduced sft, CheckpointProduced reward, CheckpointProduced last, IEnumerable<Cut> cutsBehind, ArtifactStore artifacts)
    {
        var folder = artifacts.Folder(last.Checkpoint);
        var rewardModel = ModelFolder.Read(artifacts.Folder(reward.Checkpoint), DecoderHead.Category);
        var trainer = last.Model == sft.Model
            ? TrainingState.Read(folder, settings.Tppo)
            : CriticCheckpoint.Read(folder, artifacts.Folder(sft.Checkpoint), settings.Tppo);
        var run = new PolicyRun(log, settings, sft, reward, rewardModel, TokenizerOf(artifacts, sft), trainer, Curves.Read<UpdatePoint>(folder));
        run.cuts.AddRange(cutsBehind);
        return run;
    }

    /// <summary>Warms the critic up, round by round, from one cut over all rounds' rollouts.</summary>
    public void WarmUp(Cut cut)
    {
        CutReader.RequireSettings(cut, settings);
        cuts.Add(cut);
        var rounds = CutReader.All(log, cut).SelectMany(r => RolloutCodec.Decode(r.Value)).GroupBy(r => r.Sample / settings.Tppo.Samples).OrderBy(g => g.Key);
        foreach (var round in rounds)
        {
            var batch = Batch(RolloutOrder.ByWindow(round, cut.Seed), cut.Seed);
            trainer.WarmUpCritic(round.Key, batch);
        }
    }

    /// <summary>Takes one update.</summary>
    public UpdatePoint Update(Cut cut)
    {
        CutReader.RequireSettings(cut, settings);
        cuts.Add(cut);
        var rows = RolloutOrder.ByWindow(CutReader.All(log, cut), cut.Seed);
        var stats = trainer.Update(cut.Ordinal - 1, Batch(rows, cut.Seed));
        curve.Add(new UpdatePoint(cut.Ordinal, stats, RolloutRewards.DistinctWords(rows.SelectMany(r => r))));
        return curve[^1];
    }

    /// <summary>Leaves the warmed-up critic as a checkpoint.</summary>
    public CheckpointProduced SaveCritic(ArtifactStore artifacts)
    {
        var checkpoint = artifacts.Add(folder =>
        {
            CriticCheckpoint.Write(folder, trainer);
            LineageFile.Write(folder, 0, cuts, Parents, TorchRuntime.InForce);
        });
        return Produced(cuts[^1], 0, checkpoint, final: false, new Dictionary<string, double>());
    }

    /// <summary>Leaves the policy, and all that its training goes on from, as a checkpoint.</summary>
    public CheckpointProduced SavePolicy(ArtifactStore artifacts)
    {
        var version = cuts[^1].Ordinal;
        var checkpoint = artifacts.Add(folder =>
        {
            ModelFolder.Write(folder, trainer.Policy, trainer.Policy.Settings, Tokenizer);
            TrainingState.Write(folder, trainer);
            LineageFile.Write(folder, version, cuts, Parents, TorchRuntime.InForce);
            Curves.Write(folder, curve);
        });
        return Produced(cuts[^1], version, checkpoint, version == settings.Tppo.Updates, curve[^1].Figures());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        trainer.Dispose();
        trainer.Policy.Dispose();
        trainer.Reference.Dispose();
        trainer.Critic.Dispose();
        rewardModel.Dispose();
    }

    private Dictionary<string, string> Parents => new() { [sft.Model] = sft.Checkpoint, [reward.Model] = reward.Checkpoint };

    private static Tokenizer TokenizerOf(ArtifactStore artifacts, CheckpointProduced sft) =>
        Tokenizer.Load(Path.Combine(artifacts.Folder(sft.Checkpoint), ModelFolder.TokenizerFile));

    private CheckpointProduced Produced(Cut cut, int version, string checkpoint, bool final, IReadOnlyDictionary<string, double> stats) =>
        new(1, CheckpointProduced.KindName, cut.Model, version, checkpoint, cut.Ordinal, final, sft.Fold, Parents, stats);

    private UpdateBatch Batch(IReadOnlyList<IReadOnlyList<RolloutRow>> windows, long seed)
    {
        IReadOnlyList<int[]> prompts = [.. windows.Select(w => w[0].PromptIds)];
        var scores = RewardModelScorer.Score(rewardModel, prompts, [.. windows.Select(w => (IReadOnlyList<int[]>)[.. w.Select(r => r.ResponseIds)])]);
        return new UpdateBatch(
            prompts,
            [.. windows.Select((rows, w) => (IReadOnlyList<RolloutResponse>)[.. rows.Select((row, s) => RolloutRewards.Of(row, scores[w][s], settings.Tppo, settings.Windows.Targets))])],
            seed);
    }
}
