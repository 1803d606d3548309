using Tppo.Core.Cuts;
using Tppo.Core.Models;
using Tppo.Core.Numerics;
using Tppo.Core.Rewards;
using Tppo.Core.Rollouts;
using Tppo.Core.Windows;
using Tppo.Facts.Artifacts;
using Tppo.Facts.Cuts;
using Tppo.Facts.Rollouts;
using Tppo.Learning.Checkpoints;
using Tppo.Learning.Models;
using Tppo.Learning.Native;
using Tppo.Learning.Prompts;
using Tppo.Learning.Tokenizing;
using Tppo.Learning.Training;
using Tppo.Streaming.Codecs;

namespace Tppo.Steps;

/// <summary>
/// A policy on its way through TPPO: critic warm-up, then updates, each from a cut over its rollouts. Its state between
/// steps is what a checkpoint holds, so that training, a restart and a rebuild walk the same path. Use it on one thread, in
/// one's turn at torch. Owns its models.
/// </summary>
public sealed class PolicyRun : IDisposable
{
    private readonly StepContext context;
    private readonly CheckpointProduced sft, reward;
    private readonly Decoder rewardModel;
    private readonly TppoTrainer trainer;
    private readonly Tokenizer tokenizer;
    private readonly UpdateWindows windows;
    private readonly List<UpdatePoint> curve = [];
    private readonly List<Cut> cuts = [];

    private PolicyRun(StepContext context, CheckpointProduced sft, CheckpointProduced reward, Cut windows, Decoder rewardModel, TppoTrainer trainer)
    {
        this.windows = new UpdateWindows(context, windows, sft.Fold);
        (this.context, this.sft, this.reward, this.rewardModel, this.trainer) = (context, sft, reward, rewardModel, trainer);
        tokenizer = Tokenizer.Load(Path.Combine(context.Folder(sft), CheckpointFiles.Tokenizer));
        Engine = new LocalRolloutEngine(trainer.Policy, tokenizer, context.Settings.Seed);
    }

    /// <summary>Samples from the policy as it is.</summary>
    public IRolloutEngine Engine { get; }

    /// <summary>Figures of the updates so far.</summary>
    public IReadOnlyList<UpdatePoint> Curve => curve;

    /// <summary>A run before its critic's warm-up: the SFT policy, and a critic on the reward model's backbone.</summary>
    /// <param name="context">Log, settings, checkpoints.</param>
    /// <param name="sft">The SFT policy.</param>
    /// <param name="reward">The reward model.</param>
    /// <param name="windows">The cut that SFT was taken from.</param>
    public static PolicyRun Start(StepContext context, CheckpointProduced sft, CheckpointProduced reward, Cut windows)
    {
        var policy = ModelFolder.Read(context.Folder(sft), DecoderHead.None);
        var rewardModel = ModelFolder.Read(context.Folder(reward), DecoderHead.Category);
        var critic = Critic.From(rewardModel, Digest.Seed(context.Settings.Seed, sft.Fold.Model(ModelFamilies.Critic)));
        var trainer = new TppoTrainer(policy, policy.Clone(), critic, policy.Settings, context.Settings.Tppo);
        return new PolicyRun(context, sft, reward, windows, rewardModel, trainer);
    }

    /// <summary>A run as one of its checkpoints holds it: the critic's after warm-up, or the policy's after some update.</summary>
    /// <param name="context">Log, settings, checkpoints.</param>
    /// <param name="sft">The SFT policy.</param>
    /// <param name="reward">The reward model.</param>
    /// <param name="windows">The cut that SFT was taken from.</param>
    /// <param name="last">The checkpoint to go on from.</param>
    /// <param name="cutsBehind">The cuts that it took since SFT.</param>
    public static PolicyRun Resume(
        StepContext context, CheckpointProduced sft, CheckpointProduced reward, Cut windows, CheckpointProduced last, IEnumerable<Cut> cutsBehind)
    {
        var folder = context.Folder(last);
        var rewardModel = ModelFolder.Read(context.Folder(reward), DecoderHead.Category);
        var trainer = last.Model == sft.Model
            ? TrainingState.Read(folder, context.Settings.Tppo)
            : CriticCheckpoint.Read(folder, context.Folder(sft), context.Settings.Tppo);
        var run = new PolicyRun(context, sft, reward, windows, rewardModel, trainer);
        run.curve.AddRange(Curves.Read<UpdatePoint>(folder));
        run.cuts.AddRange(cutsBehind);
        return run;
    }

    /// <summary>Warms the critic up, round by round, from one cut over all rounds' rollouts. Gives the optimiser's steps.</summary>
    public int WarmUp(CutRecords step)
    {
        var cut = Taken(step.Cut);
        var rounds = step.Records.SelectMany(r => RolloutCodec.Decode(r.Value))
            .GroupBy(r => r.Sample / context.Settings.Tppo.Samples).OrderBy(g => g.Key);
        return rounds.Sum(round => trainer.WarmUpCritic(round.Key, Batch(RolloutOrder.ByWindow(round, cut.Seed), cut.Seed)).OptimiserSteps);
    }

    /// <summary>Takes one update.</summary>
    public UpdatePoint Update(CutRecords step)
    {
        var cut = Taken(step.Cut);
        var windows = RolloutOrder.ByWindow(step.Records, cut.Seed);
        var stats = trainer.Update(cut.Ordinal - 1, Batch(windows, cut.Seed));
        curve.Add(new UpdatePoint(cut.Ordinal, stats, RolloutRewards.DistinctWords(windows.SelectMany(r => r))));
        return curve[^1];
    }

    /// <summary>Leaves the warmed-up critic as a checkpoint.</summary>
    public CheckpointProduced SaveCritic()
    {
        var stored = context.Artifacts.Add(folder =>
        {
            CriticCheckpoint.Write(folder, trainer);
            LineageFile.Write(folder, 0, cuts, Parents, TorchRuntime.InForce);
        });
        return Produced(cuts[^1], 0, stored, final: false, new Dictionary<string, double>());
    }

    /// <summary>Leaves the policy, and all that its training goes on from, as a checkpoint.</summary>
    public CheckpointProduced SavePolicy()
    {
        var version = cuts[^1].Ordinal;
        var stored = context.Artifacts.Add(folder =>
        {
            ModelFolder.Write(folder, trainer.Policy, trainer.Policy.Settings, tokenizer);
            TrainingState.Write(folder, trainer);
            LineageFile.Write(folder, version, cuts, Parents, TorchRuntime.InForce);
            Curves.Write(folder, curve);
        });
        return Produced(cuts[^1], version, stored, version == context.Settings.Tppo.Updates, curve[^1].Figures());
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

    private CheckpointProduced Produced(Cut cut, int version, StoredCheckpoint stored, bool final, IReadOnlyDictionary<string, double> stats) =>
        new(1, CheckpointProduced.KindName, cut.Model, version, stored.Name, cut.Ordinal, final, sft.Fold, Parents, stats, stored.Weights);

    private Cut Taken(Cut cut)
    {
        CutReader.RequireSettings(cut, context.Settings);
        cuts.Add(cut);
        return cut;
    }

    private UpdateBatch Batch(IReadOnlyList<IReadOnlyList<RolloutRow>> responses, long seed)
    {
        var tokens = RewardModelScorer.Score(rewardModel, responses);
        var settings = context.Settings.Tppo;
        var isGuarded = UpdateWindows.Guard(settings.Shaping);
        return new UpdateBatch([.. responses.Select((rows, w) => Trajectories(rows, tokens[w]))], seed)
        {
            RealTargets = settings.SftWeight == 0 ? [] : [.. responses.Select(rows => RealTargets(windows.Of(rows[0].WindowId)))],
        };

        IReadOnlyList<Trajectory> Trajectories(IReadOnlyList<RolloutRow> rows, ScoredToken[][] scored)
        {
            var history = isGuarded ? windows.Of(rows[0].WindowId).History : null;
            return [.. rows.Select((row, s) => RolloutRewards.Of(row, scored[s], settings, context.Settings.Windows.Targets, history))];
        }
    }

    private int[] RealTargets(Window window)
    {
        var ids = PromptBuilder.Text(window, tokenizer, trainer.Policy.Settings.PromptTokensMax).Response;
        return ids.Length <= trainer.Policy.Settings.ResponseTokensMax ? ids : ids[..trainer.Policy.Settings.ResponseTokensMax];
    }
}
