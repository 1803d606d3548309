using Tppo.Core;
using Tppo.Core.Cuts;
using Tppo.Core.Models;
using Tppo.Core.Settings;
using Tppo.Facts.Artifacts;
using Tppo.Facts.Cuts;
using Tppo.Facts.Models;
using Tppo.Facts.Runs;
using Tppo.Hosting.Instruments;
using Tppo.Hosting.Progress;
using Tppo.Learning.Native;
using Tppo.Steps;
using Tppo.Streaming.Log;

namespace Tppo.Replay;

/// <summary>
/// Walks the recorded cuts of each policy and of the reward model and critic that it rests on, by the very steps that
/// training took. Side effects are off: it has a log that only reads, a store of its own, and no judge to ask.
/// </summary>
/// <param name="log">The log, for reading.</param>
/// <param name="settings">The run's settings.</param>
/// <param name="folder">Where what is made is left.</param>
/// <param name="board">Where progress is shown.</param>
public sealed class Rebuilder(IEventLog log, RunSettings settings, RunFolder folder, StageBoard board)
{
    private static readonly string[] Families = [ModelFamilies.Policy, ModelFamilies.Reward, ModelFamilies.Critic];
    private readonly ModelLog models = new(log);
    private readonly StepContext context = new(log, settings, new ArtifactStore(folder.Rebuilt));
    private readonly List<RebuiltCheckpoint> rebuilt = [];

    /// <summary>Rebuilds one policy, or all, with what they rest on.</summary>
    /// <param name="model">A model's name: its policy, reward model or critic, with what it rests on; null: all.</param>
    /// <param name="cancellation">Stops between steps; the same call goes on there.</param>
    /// <exception cref="UserException">There is no such model.</exception>
    /// <exception cref="CutMismatchException">The log no longer holds what a cut named.</exception>
    public IReadOnlyList<RebuiltCheckpoint> Rebuild(string? model, CancellationToken cancellation)
    {
        models.Refresh();
        context.Artifacts.RemoveDrafts();
        var policies = models.Checkpoints.Where(c => c.Version == 0 && c.Model == c.Fold.Model(ModelFamilies.Policy)
            && (model is null || Families.Any(f => c.Fold.Model(f) == model))).ToList();
        if (policies.Count == 0)
        {
            var known = models.Checkpoints.Select(c => c.Model).Distinct().ToList();
            var found = known.Count > 0 ? string.Join(", ", known) : "none";
            throw new UserException($"{folder.Path}: expected checkpoints of {model ?? "a policy"}, found {found}");
        }

        foreach (var policy in policies) Rebuild(policy, model, cancellation);
        return rebuilt;
    }

    private void Rebuild(CheckpointProduced recorded, string? model, CancellationToken cancellation)
    {
        var sft = Step(recorded, stage => SftStep.Take(context, CutOf(recorded), recorded.Fold, stage, cancellation));
        if (models.Find(recorded.Fold.Model(ModelFamilies.Reward), 0) is not { } recordedReward) return;
        var reward = Step(recordedReward, stage => RewardStep.Take(context, CutOf(recordedReward), sft, stage, cancellation));
        if (model == reward.Model || models.Find(recorded.Fold.Model(ModelFamilies.Critic), 0) is not { } recordedCritic) return;
        var critic = Step(recordedCritic, _ =>
        {
            using var turn = TorchTurn.Take(cancellation);
            using var run = PolicyRun.Start(context, sft, reward);
            run.WarmUp(CutRecords.Read(log, CutOf(recordedCritic)));
            return run.SaveCritic();
        });
        if (model != critic.Model) Updates(recorded, sft, reward, critic, cancellation);
    }

    private void Updates(
        CheckpointProduced recorded, CheckpointProduced sft, CheckpointProduced reward, CheckpointProduced critic, CancellationToken cancellation)
    {
        var checkpoints = models.Checkpoints.Where(c => c.Model == recorded.Model && c.Version > 0).ToList();
        var made = checkpoints.TakeWhile(c => context.Artifacts.HasIntact(c.Checkpoint)).ToList();
        rebuilt.AddRange(made.Select(c => new RebuiltCheckpoint(c, c.Checkpoint)));
        if (made.Count == checkpoints.Count) return;

        using var stage = board.Start($"rebuild {recorded.Model}", StageUnit.Tokens);
        using var turn = TorchTurn.Take(cancellation);
        var start = made.Count > 0 ? made[^1] : critic;
        var behind = Enumerable.Range(1, made.Count > 0 ? made[^1].Version : 0).Select(o => CutOf(recorded.Model, o));
        using var run = PolicyRun.Resume(context, sft, reward, start, [CutOf(critic), .. behind]);
        foreach (var target in checkpoints.Skip(made.Count))
        {
            while (run.Curve.Count < target.Version)
            {
                cancellation.ThrowIfCancellationRequested();
                var point = run.Update(CutRecords.Read(log, CutOf(recorded.Model, run.Curve.Count + 1)));
                stage.Count(point.Stats.Tokens);
                stage.Report(point.Update, settings.Tppo.Updates, FormattableString.Invariant($"update {point.Update}"));
                LogInstruments.ReplayProgress.WithLabels(recorded.Model).Set(point.Update / (double)settings.Tppo.Updates);
            }

            rebuilt.Add(new RebuiltCheckpoint(target, run.SavePolicy().Checkpoint));
        }
    }

    private Cut CutOf(CheckpointProduced made) => CutOf(made.Model, made.Version);

    private Cut CutOf(string model, int ordinal) =>
        models.Cut(new StepId(model, ordinal)) ?? throw new CutMismatchException($"cut {new StepId(model, ordinal)}: the log does not hold it");

    // A step whose recorded checkpoint is in the store already was rebuilt before, with equal bytes: that is its name.
    private CheckpointProduced Step(CheckpointProduced recorded, Func<StageProgress, CheckpointProduced> take)
    {
        if (!context.Artifacts.HasIntact(recorded.Checkpoint))
        {
            using var stage = board.Start($"rebuild {recorded.Model} {recorded.Version}", StageUnit.Tokens);
            var produced = take(stage);
            rebuilt.Add(new RebuiltCheckpoint(recorded, produced.Checkpoint));
            return produced;
        }

        rebuilt.Add(new RebuiltCheckpoint(recorded, recorded.Checkpoint));
        return recorded;
    }
}
