using Tppo.Core.Cuts;
using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Core.Rollouts;
using Tppo.Core.Statistics;
using Tppo.Core.Windows;
using Tppo.Facts.Cuts;
using Tppo.Facts.Ends;
using Tppo.Facts.Models;
using Tppo.Hosting;
using Tppo.Hosting.Instruments;
using Tppo.Hosting.Progress;
using Tppo.Hosting.Workers;
using Tppo.Learning.Native;
using Tppo.Replay;
using Tppo.Steps;

namespace Tppo.PolicyTrainer;

/// <summary>
/// Leads each policy through its life: SFT, rollouts to be labelled, and once a reward model is there warm-up and updates. Each step
/// of training goes the same way: its rollouts are the recorded ones or are sampled, its cut is the recorded one or is written, and
/// then it is taken. What comes next is read off the log each time, so that a restart goes on at the next step.
/// </summary>
public sealed class PolicyWorker : IWorker
{
    private readonly ServiceContext context;
    private readonly StepContext steps;
    private readonly ModelLog models;
    private readonly EndMarkWatch windowEnds, labelEnds;
    private readonly StepCuts cuts;
    private readonly SampledRollouts rollouts;
    private readonly PolicyRuns runs;
    private readonly PromptPlans prompts;
    private readonly CheckpointMaker checkpoints;
    private IReadOnlyList<OffsetRange> windows = [];
    private IReadOnlyList<Fold> folds = [];
    private StageProgress? stage;

    /// <summary>A trainer.</summary>
    public PolicyWorker(ServiceContext context)
    {
        this.context = context;
        steps = new StepContext(context.Log, context.Settings, context.Artifacts);
        models = new ModelLog(context.Log);
        windowEnds = new EndMarkWatch(context.Log, Topics.Windows);
        labelEnds = new EndMarkWatch(context.Log, Topics.Rollouts);
        cuts = new StepCuts(context.Log, context.Settings, models);
        rollouts = new SampledRollouts(context.Log);
        checkpoints = new CheckpointMaker(steps, models, context.Board, context.Warn);
        runs = new PolicyRuns(steps, models);
        prompts = new PromptPlans(steps, models);
        context.Lag.Watch(Name, [.. models.Tails, .. windowEnds.Tails, .. labelEnds.Tails]);
    }

    /// <inheritdoc/>
    public string Name => PolicyTrainerService.Name;

    /// <inheritdoc/>
    public bool Work(CancellationToken cancellation)
    {
        models.Refresh();
        labelEnds.Refresh();
        checkpoints.RequireAll([ModelFamilies.Policy, ModelFamilies.Critic], cancellation);
        if (folds.Count == 0 && !Plan()) return false;
        foreach (var fold in folds)
        {
            if (models.Find(fold.Model(ModelFamilies.Policy), 0) is not { } sft)
            {
                FineTune(fold, cancellation);
                return true;
            }

            if (labelEnds.Before(fold.Model(ModelFamilies.Reward)) is null)
            {
                SampleLabels(fold, sft, cancellation);
                return true;
            }
        }

        foreach (var fold in folds)
        {
            if (models.Find(fold.Model(ModelFamilies.Reward), 0) is not { } reward || models.Newest(fold.Model(ModelFamilies.Policy))!.Final) continue;
            Advance(fold, reward, cancellation);
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stage?.Dispose();
        runs.Dispose();
    }

    // Once the windows have ended on every partition their cut may close, and with it stands who trains.
    private bool Plan()
    {
        windowEnds.Refresh();
        if (windowEnds.FirstEnded() is not { } ended) return false;
        (windows, folds) = (ended, Splits.Of(context.Settings, WindowCut.BucketsOfUsers(context.Log, ended), context.Warn));
        return true;
    }

    private void FineTune(Fold fold, CancellationToken cancellation)
    {
        using var sft = context.Board.Start(StageName("SFT", fold), StageUnit.Tokens);
        var step = new StepId(fold.Model(ModelFamilies.Policy), 0);
        var cut = cuts.Over(step, () => windows);
        models.Write(SftStep.Take(steps, cut, fold, new TrainingMeter(sft, step.Model), cancellation));
    }

    private void SampleLabels(Fold fold, CheckpointProduced sft, CancellationToken cancellation)
    {
        using var sampling = context.Board.Start(StageName("rollouts", fold), StageUnit.Tokens);
        sampling.Report(0, 0, "sampling responses to be judged");
        var step = new StepId(fold.Model(ModelFamilies.Reward), 0);
        var request = new RolloutRequest(prompts.Of(fold).Labels, context.Settings.Labels.Samples, step, Purposes.Label, sft.Made);
        RolloutRow[] rows;
        using (TorchTurn.Take(cancellation))
            rows = LocalRolloutEngine.Sample(steps.Folder(sft), context.Settings.Seed, request);
        sampling.Count(rows.Sum(r => r.ResponseIds.Length));
        sampling.Report(rows.Length, rows.Length, $"{rows.Length:N0} responses");
        rollouts.AppendLast(rows, step);
    }

    private void Advance(Fold fold, CheckpointProduced reward, CancellationToken cancellation)
    {
        checkpoints.Require(reward, cancellation);
        stage = context.Board.Start(StageName("TPPO", fold), StageUnit.Tokens);
        using var turn = TorchTurn.Take(cancellation);
        var sft = models.Find(fold.Model(ModelFamilies.Policy), 0)!;
        var run = runs.Of(fold, sft, reward);
        if (models.Find(fold.Model(ModelFamilies.Critic), 0) is null) WarmUp(fold, run, sft, reward);
        else Update(fold, run, sft, reward);
    }

    private void WarmUp(Fold fold, PolicyRun run, CheckpointProduced sft, CheckpointProduced reward)
    {
        stage!.Report(0, context.Settings.Tppo.Updates, "warming the critic up");
        var step = new StepId(fold.Model(ModelFamilies.Critic), 0);
        var rounds = Enumerable.Range(0, context.Settings.Tppo.WarmupRounds);
        var cut = cuts.With(
            step, () => rollouts.Of(step, () => [.. rounds.SelectMany(round => Sample(run, fold, step, sft.Made, round, round))], stage),
            reward.Checkpoint, sft.Checkpoint);
        TrainingInstruments.TrainSteps.WithLabels(step.Model).Inc(run.WarmUp(cut));
        models.Write(run.SaveCritic());
    }

    private void Update(Fold fold, PolicyRun run, CheckpointProduced sft, CheckpointProduced reward)
    {
        var settings = context.Settings.Tppo;
        var before = new StepId(fold.Model(ModelFamilies.Policy), run.Curve.Count);
        var step = before with { Ordinal = before.Ordinal + 1 };
        var cut = cuts.With(
            step, () => rollouts.Of(step, () => Sample(run, fold, step, before, settings.WarmupRounds + before.Ordinal, number: 0), stage!),
            reward.Checkpoint, sft.Checkpoint);
        Show(step.Model, run.Update(cut));
        var ended = step.Ordinal == settings.Updates;
        if (step.Ordinal % settings.CheckpointEvery != 0 && !ended) return;
        models.Write(run.SavePolicy());
        if (!ended) return;
        stage!.Dispose();
        runs.Close();
        prompts.Forget(fold);
    }

    // The number decides which samples of a window these are, where a step samples it in several rounds.
    private RolloutRow[] Sample(PolicyRun run, Fold fold, StepId step, StepId policy, int round, int number)
    {
        var settings = context.Settings.Tppo;
        var of = prompts.Of(fold).Round(round, settings.Prompts);
        return run.Engine.Sample(new RolloutRequest(of, settings.Samples, step, Purposes.Update, policy) { FirstSample = number * settings.Samples });
    }

    private static string StageName(string name, Fold fold) => fold.Count == 1 ? name : $"{name}, fold {fold.Index + 1} of {fold.Count}";

    private void Show(string model, UpdatePoint point)
    {
        var stats = point.Stats;
        stage!.Count(stats.Tokens);
        stage.Report(point.Update, context.Settings.Tppo.Updates, FormattableString.Invariant(
            $"reward {stats.Scores:F3}  KL {stats.Kl:F2}  length {stats.ResponseLength:F1}  distinct {Figure.Text(point.DistinctWords, "F2")}"));
        TrainingInstruments.TrainTokens.WithLabels(model).Inc(stats.Tokens);
        TrainingInstruments.TrainSteps.WithLabels(model).Inc(stats.OptimiserSteps);
        PolicyMetrics.Set(point);
    }
}
