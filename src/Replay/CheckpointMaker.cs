using Tppo.Core;
using Tppo.Core.Cuts;
using Tppo.Core.Models;
using Tppo.Facts.Artifacts;
using Tppo.Facts.Cuts;
using Tppo.Facts.Models;
using Tppo.Hosting.Progress;
using Tppo.Learning.Native;
using Tppo.Steps;

namespace Tppo.Replay;

/// <summary>
/// Sees to it that checkpoints which a log records can be read. One whose files are not there, or not what its name says, is
/// made again from its cut and from the checkpoints that it was made from, by the very steps that training took.
/// </summary>
/// <param name="context">Log, settings, and the store to be filled.</param>
/// <param name="models">What the log records.</param>
/// <param name="board">Where progress is shown.</param>
/// <param name="warn">Told, in a line, of what is damaged.</param>
public sealed class CheckpointMaker(StepContext context, ModelLog models, StageBoard board, Action<string> warn)
{
    private readonly Dictionary<StepId, CheckpointProduced> others = [];
    private bool looked;

    /// <summary>The same of every checkpoint that the log records of some families; looks once, at the start of a process.</summary>
    /// <exception cref="CheckpointDamagedException">One does not, and cannot be made again; the message names the file.</exception>
    public void RequireAll(IReadOnlyCollection<string> families, CancellationToken cancellation)
    {
        if (looked) return;
        foreach (var recorded in models.Checkpoints.Where(c => families.Any(f => c.Model == c.Fold.Model(f)))) Require(recorded, cancellation);
        looked = true;
    }

    /// <summary>Returns when a recorded checkpoint lies in the store, whole.</summary>
    /// <exception cref="CheckpointDamagedException">It does not, and cannot be made again; the message names the file.</exception>
    public void Require(CheckpointProduced recorded, CancellationToken cancellation)
    {
        if (context.Artifacts.Damage(recorded.Checkpoint) is not { } damage) return;
        try
        {
            using var stage = board.Start($"{recorded.Made} again", StageUnit.Tokens);
            warn($"{damage}: made again from its cuts");
            var made = Make(recorded, stage, cancellation);
            if (context.Artifacts.HasIntact(recorded.Checkpoint)) return;
            throw new CheckpointDamagedException(
                $"{damage}; made again from its cuts it is another: expected weights {recorded.WeightsSha256}, found {made.WeightsSha256}");
        }
        catch (Exception e) when (e is CutMismatchException or UserException)
        {
            throw new CheckpointDamagedException($"{damage}; it cannot be made again: {e.Message}");
        }
    }

    /// <summary>A recorded checkpoint, made where the store does not hold it; another one where another one came out.</summary>
    /// <exception cref="CutMismatchException">The log no longer holds what a cut named.</exception>
    public CheckpointProduced Ready(CheckpointProduced recorded, CancellationToken cancellation)
    {
        if (others.TryGetValue(recorded.Made, out var other)) return other;
        if (context.Artifacts.HasIntact(recorded.Checkpoint)) return recorded;
        using var stage = board.Start($"rebuild {recorded.Model} {recorded.Version}", StageUnit.Tokens);
        var made = Make(recorded, stage, cancellation);
        return context.Artifacts.HasIntact(recorded.Checkpoint) ? recorded : others[recorded.Made] = made;
    }

    private CheckpointProduced Make(CheckpointProduced recorded, StageProgress stage, CancellationToken cancellation)
    {
        var made = Take(recorded, stage, cancellation);
        if (recorded.Weights is null && made.Weights == recorded.Checkpoint)
            context.Artifacts.NameByWeights(new StoredCheckpoint(made.Checkpoint, made.Weights));
        return made;
    }

    private CheckpointProduced Take(CheckpointProduced recorded, StageProgress stage, CancellationToken cancellation)
    {
        var fold = recorded.Fold;
        if (recorded.Made == new StepId(fold.Model(ModelFamilies.Policy), 0)) return SftStep.Take(context, CutOf(recorded.Made), fold, stage, cancellation);
        var sft = Parent(fold.Model(ModelFamilies.Policy), cancellation);
        if (recorded.Model == fold.Model(ModelFamilies.Reward)) return RewardStep.Take(context, CutOf(recorded.Made), sft, stage, cancellation);
        var reward = Parent(fold.Model(ModelFamilies.Reward), cancellation);
        if (recorded.Model != fold.Model(ModelFamilies.Critic)) return Update(recorded, sft, reward, stage, cancellation);
        using var turn = TorchTurn.Take(cancellation);
        using var run = PolicyRun.Start(context, sft, reward, CutOf(sft.Made));
        run.WarmUp(CutRecords.Read(context.Log, CutOf(recorded.Made)));
        return run.SaveCritic();
    }

    // From the newest version before it that can be read, or from the warmed-up critic.
    private CheckpointProduced Update(
        CheckpointProduced recorded, CheckpointProduced sft, CheckpointProduced reward, StageProgress stage, CancellationToken cancellation)
    {
        var critic = Parent(recorded.Fold.Model(ModelFamilies.Critic), cancellation);
        var before = models.Checkpoints.Where(c => c.Model == recorded.Model && c.Version > 0 && c.Version < recorded.Version)
            .Select(c => others.GetValueOrDefault(c.Made, c)).Where(c => context.Artifacts.HasIntact(c.Checkpoint)).MaxBy(c => c.Version);
        var behind = Enumerable.Range(1, before?.Version ?? 0).Select(ordinal => CutOf(new StepId(recorded.Model, ordinal)));
        using var turn = TorchTurn.Take(cancellation);
        using var run = PolicyRun.Resume(context, sft, reward, CutOf(sft.Made), before ?? critic, [CutOf(critic.Made), .. behind]);
        while (run.Curve.Count < recorded.Version)
        {
            cancellation.ThrowIfCancellationRequested();
            var point = run.Update(CutRecords.Read(context.Log, CutOf(new StepId(recorded.Model, run.Curve.Count + 1))));
            stage.Count(point.Stats.Tokens);
            stage.Report(point.Update, recorded.Version, FormattableString.Invariant($"update {point.Update}"));
        }

        return run.SavePolicy();
    }

    private CheckpointProduced Parent(string model, CancellationToken cancellation) =>
        Ready(models.Find(model, 0) ?? throw new CutMismatchException($"{model} 0: the log does not record it"), cancellation);

    private Cut CutOf(StepId step) => models.Cut(step) ?? throw new CutMismatchException($"cut {step}: the log does not hold it");
}
