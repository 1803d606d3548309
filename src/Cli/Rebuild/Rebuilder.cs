using Tppo.Core.Models;
using Tppo.Core.Settings;
using Tppo.Hosting;
using Tppo.Hosting.Artifacts;
using Tppo.Hosting.Progress;
using Tppo.Learning.Native;
using Tppo.PolicyTrainer;
using Tppo.RewardTrainer;
using Tppo.Streaming.Log;

namespace Tppo.Cli.Rebuild;

/// <summary>A checkpoint as the log records it, and what came out when it was made again.</summary>
internal sealed record RebuiltCheckpoint(CheckpointProduced Recorded, string Checkpoint)
{
    public bool IsEqual => Recorded.Checkpoint == Checkpoint;
}

/// <summary>
/// Walks the recorded cuts of each policy and of the reward model and critic that it rests on, by the very steps that
/// training took. Side effects are off: it has a log that only reads, a store of its own, and no judge to ask.
/// </summary>
internal sealed class Rebuilder(IEventLog log, RunSettings settings, RunFolder folder, StageBoard board)
{
    private static readonly string[] Families = [ModelFamilies.Policy, ModelFamilies.Reward, ModelFamilies.Critic];
    private readonly ModelLog models = new(log);
    private readonly ArtifactStore store = new(folder.Rebuilt);
    private readonly List<RebuiltCheckpoint> rebuilt = [];

    /// <summary>Rebuilds one policy, or all, with what they rest on.</summary>
    public IReadOnlyList<RebuiltCheckpoint> Rebuild(string? model, CancellationToken cancellation)
    {
        models.Refresh();
        store.RemoveDrafts();
        var policies = models.Checkpoints.Where(c => c.Version == 0 && c.Model == c.Fold.Model(ModelFamilies.Policy) && (model is null || Families.Any(f => c.Fold.Model(f) == model))).ToList();
        if (policies.Count == 0)
        {
            var known = models.Checkpoints.Select(c => c.Model).Distinct().ToList();
            throw new UserException($"{folder.Path}: expected checkpoints of {model ?? "a policy"}, found {(known.Count > 0 ? string.Join(", ", known) : "none")}");
        }

        foreach (var policy in policies) Rebuild(policy, model, cancellation);
        return rebuilt;
    }

    private void Rebuild(CheckpointProduced recorded, string? model, CancellationToken cancellation)
    {
        var sft = Step(recorded, stage => SftStep.Take(log, settings, models.Cut(recorded.Model, 0)!, recorded.Fold, store, stage, cancellation));
        if (models.Find(recorded.Fold.Model(ModelFamilies.Reward), 0) is not { } recordedReward) return;
        var reward = Step(recordedReward, stage => RewardStep.Take(log, settings, models.Cut(recordedReward.Model, 0)!, sft, store, stage, cancellation));
        if (model == reward.Model || models.Find(recorded.Fold.Model(ModelFamilies.Critic), 0) is not { } recordedCritic) return;
        var critic = Step(recordedCritic, _ =>
        {
            using var turn = TorchTurn.Take(cancellation);
            using var run = PolicyRun.Start(log, settings, sft, reward, store);
            run.WarmUp(models.Cut(recordedCritic.Model, 0)!);
            return run.SaveCritic(store);
        });
        if (model != critic.Model) Updates(recorded, sft, reward, critic, cancellation);
    }

    private void Updates(CheckpointProduced recorded, CheckpointProduced sft, CheckpointProduced reward, CheckpointProduced critic, CancellationToken cancellation)
    {
        var checkpoints = models.Checkpoints.Where(c => c.Model == recorded.Model && c.Version > 0).ToList();
        var made = checkpoints.TakeWhile(c => store.HasIntact(c.Checkpoint)).ToList();
        rebuilt.AddRange(made.Select(c => new RebuiltCheckpoint(c, c.Checkpoint)));
        if (made.Count == checkpoints.Count) return;

        using var stage = board.Start($"rebuild {recorded.Model}", StageUnit.Tokens);
        using var turn = TorchTurn.Take(cancellation);
        var start = made.Count > 0 ? made[^1] : critic;
        var behind = Enumerable.Range(1, made.Count > 0 ? made[^1].Version : 0).Select(o => models.Cut(recorded.Model, o)!);
        using var run = PolicyRun.Resume(log, settings, sft, reward, start, [models.Cut(critic.Model, 0)!, .. behind], store);
        foreach (var target in checkpoints.Skip(made.Count))
        {
            while (run.Curve.Count < target.Version)
            {
                cancellation.ThrowIfCancellationRequested();
                var point = run.Update(models.Cut(recorded.Model, run.Curve.Count + 1)!);
                stage.Count(point.Stats.Tokens);
                stage.Report(point.Update, settings.Tppo.Updates, FormattableString.Invariant($"update {point.Update}"));
                Metrics.ReplayProgress.WithLabels(recorded.Model).Set(point.Update / (double)settings.Tppo.Updates);
            }

            rebuilt.Add(new RebuiltCheckpoint(target, run.SavePolicy(store).Checkpoint));
        }
    }

    // A step whose recorded checkpoint is in the store already was rebuilt before, with equal bytes: that is its name.
    private CheckpointProduced Step(CheckpointProduced recorded, Func<StageProgress, CheckpointProduced> take)
    {
        if (!store.HasIntact(recorded.Checkpoint))
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
