using System.Globalization;
using Tppo.Core.Cuts;
using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Core.Rollouts;
using Tppo.Core.Windows;
using Tppo.Hosting;
using Tppo.Hosting.Artifacts;
using Tppo.Hosting.Cuts;
using Tppo.Hosting.Progress;
using Tppo.Hosting.Rollouts;
using Tppo.Hosting.Workers;
using Tppo.Learning.Checkpoints;
using Tppo.Learning.Models;
using Tppo.Learning.Native;
using Tppo.Learning.Prompts;
using Tppo.Learning.Tokenizing;
using Tppo.Streaming.Records;

namespace Tppo.PolicyTrainer;

/// <summary>
/// Leads each policy through its life: SFT, rollouts to be labelled, and once a reward model is there warm-up and updates.
/// What comes next is read off the log each time, so that a restart goes on at the next step.
/// </summary>
public sealed class PolicyWorker : IWorker
{
    private readonly ServiceContext context;
    private readonly ModelLog models;
    private readonly EndMarkWatch windowEnds, labelEnds;
    private readonly RolloutIndex rollouts;
    private readonly Dictionary<int, PromptPlan> prompts = [];
    private IReadOnlyList<Fold>? folds;
    private IReadOnlyList<(TopicPartition, long, long)> windowRanges = [];
    private (int Fold, PolicyRun Run)? current;
    private StageProgress? stage;

    /// <summary>A trainer.</summary>
    public PolicyWorker(ServiceContext context)
    {
        this.context = context;
        models = new ModelLog(context.Log);
        windowEnds = new EndMarkWatch(context.Log, Topics.Windows);
        labelEnds = new EndMarkWatch(context.Log, Topics.Rollouts);
        rollouts = new RolloutIndex(context.Log);
    }

    /// <inheritdoc/>
    public string Name => PolicyTrainerService.Name;

    /// <inheritdoc/>
    public bool Work(CancellationToken cancellation)
    {
        models.Refresh();
        labelEnds.Refresh();
        rollouts.Refresh();
        if (folds is null && !Plan()) return false;
        foreach (var fold in folds!)
        {
            if (models.Find(fold.Model(ModelFamilies.Policy), 0) is not { } sft)
            {
                FineTune(fold, cancellation);
                return true;
            }

            if (labelEnds.MarksOf(fold.Model(ModelFamilies.Reward)) is null)
            {
                SampleLabels(fold, sft, cancellation);
                return true;
            }
        }

        foreach (var fold in folds)
        {
            var reward = models.Find(fold.Model(ModelFamilies.Reward), 0);
            var newest = models.Newest(fold.Model(ModelFamilies.Policy))!;
            if (reward is null || newest.Final) continue;
            Advance(fold, models.Find(newest.Model, 0)!, reward, newest, cancellation);
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stage?.Dispose();
        current?.Run.Dispose();
    }

    // The stage before has ended on every partition: the cut may close, and with it stands who trains.
    private bool Plan()
    {
        windowEnds.Refresh();
        if (windowEnds.Ended().FirstOrDefault() is not { Stage: not null } ended) return false;
        windowRanges = [.. ended.Marks.Select((end, p) => (new TopicPartition(Topics.Windows, p), 0L, end))];
        var users = new HashSet<string>();
        foreach (var (partition, from, to) in windowRanges) users.UnionWith(context.Log.Read(partition, from, to).Select(r => r.Key ?? ""));
        if (users.Count == 0) throw new UserException("expected windows, found none: nobody has enough searches");
        folds = Fold.For(context.Settings.Split, users.Count);
        return true;
    }

    private void FineTune(Fold fold, CancellationToken cancellation)
    {
        using var sft = context.Board.Start(StageName("SFT", fold), StageUnit.Tokens);
        var model = fold.Model(ModelFamilies.Policy);
        var cut = CutOf(model, 0, () => windowRanges, "", "");
        var produced = SftStep.Take(context.Log, context.Settings, cut, fold, context.Artifacts, sft, cancellation);
        models.Write(produced);
        Metrics.TrainSteps.WithLabels(model).Inc();
    }

    private void SampleLabels(Fold fold, CheckpointProduced sft, CancellationToken cancellation)
    {
        using var sampling = context.Board.Start(StageName("rollouts", fold), StageUnit.Tokens);
        sampling.Report(0, 0, "sampling responses to be judged");
        var model = fold.Model(ModelFamilies.Reward);
        var step = $"{model}/0";
        RolloutRow[] rows;
        using (TorchTurn.Take(cancellation))
        {
            using var policy = ModelFolder.Read(context.Artifacts.Folder(sft.Checkpoint), DecoderHead.None);
            var tokenizer = Tokenizer.Load(Path.Combine(context.Artifacts.Folder(sft.Checkpoint), ModelFolder.TokenizerFile));
            rows = new RolloutSampler(policy, tokenizer, policy.Settings, context.Settings.Seed)
                .Sample(PromptsOf(fold).Labels, context.Settings.Labels.Samples, step, Purposes.Label, $"{sft.Model}/0");
        }

        sampling.Count(rows.Sum(r => r.ResponseIds.Length));
        sampling.Report(rows.Length, rows.Length, $"{rows.Length:N0} responses");
        var marks = Enumerable.Range(0, context.Log.Partitions(Topics.Rollouts)).Select(p => EndMark.Of(model, Topics.Rollouts, p));
        context.Log.Append([.. RowRecords.Rollouts(context.Log, rows, step, Purposes.Label), .. marks]);
        Metrics.RolloutTokens.Inc(rows.Sum(r => r.ResponseIds.Length));
    }

    // One step of TPPO: sample if that was not done, cut if that was not done, learn, and now and then leave a checkpoint.
    private void Advance(Fold fold, CheckpointProduced sft, CheckpointProduced reward, CheckpointProduced newest, CancellationToken cancellation)
    {
        stage = context.Board.Start(StageName("TPPO", fold), StageUnit.Tokens);
        using var turn = TorchTurn.Take(cancellation);
        var settings = context.Settings.Tppo;
        var critic = models.Find(fold.Model(ModelFamilies.Critic), 0);
        var run = RunOf(fold, sft, reward, critic, newest);
        if (critic is null)
        {
            stage.Report(0, settings.Updates, "warming the critic up");
            run.WarmUp(StepCut(fold, fold.Model(ModelFamilies.Critic), 0, sft, reward, () => WarmUpRollouts(fold, run)));
            models.Write(run.SaveCritic(context.Artifacts));
            return;
        }

        var ordinal = Math.Max(run.Curve.Count, 0) + 1;
        var cut = StepCut(fold, newest.Model, ordinal, sft, reward, () => UpdateRollouts(fold, run, ordinal));
        var point = run.Update(cut);
        Show(point);
        if (ordinal % settings.CheckpointEvery != 0 && ordinal != settings.Updates) return;
        models.Write(run.SavePolicy(context.Artifacts));
        if (ordinal < settings.Updates) return;
        stage.Dispose();
        run.Dispose();
        current = null;
        prompts.Remove(fold.Index);
    }

    private PolicyRun RunOf(Fold fold, CheckpointProduced sft, CheckpointProduced reward, CheckpointProduced? critic, CheckpointProduced newest)
    {
        if (current is { } open && open.Fold == fold.Index) return open.Run;
        current?.Run.Dispose();
        var run = critic is null
            ? PolicyRun.Start(context.Log, context.Settings, sft, reward, context.Artifacts)
            : PolicyRun.Resume(context.Log, context.Settings, sft, reward, newest.Version > 0 ? newest : critic, CutsBehind(fold, newest), context.Artifacts);
        current = (fold.Index, run);
        return run;
    }

    private IEnumerable<Cut> CutsBehind(Fold fold, CheckpointProduced newest)
    {
        yield return models.Cut(fold.Model(ModelFamilies.Critic), 0)!;
        for (var ordinal = 1; ordinal <= newest.Version; ordinal++) yield return models.Cut(newest.Model, ordinal)!;
    }

    private RolloutRow[] WarmUpRollouts(Fold fold, PolicyRun run) =>
    [
        .. Enumerable.Range(0, context.Settings.Tppo.WarmupRounds).SelectMany(round => Sample(
            run, PromptsOf(fold).Round(round, context.Settings.Tppo.Prompts), $"{fold.Model(ModelFamilies.Critic)}/0", fold, 0, round * context.Settings.Tppo.Samples)),
    ];

    private RolloutRow[] UpdateRollouts(Fold fold, PolicyRun run, int ordinal) => Sample(
        run, PromptsOf(fold).Round(context.Settings.Tppo.WarmupRounds + ordinal - 1, context.Settings.Tppo.Prompts),
        string.Create(CultureInfo.InvariantCulture, $"{fold.Model(ModelFamilies.Policy)}/{ordinal}"), fold, ordinal - 1, 0);

    private RolloutRow[] Sample(PolicyRun run, IReadOnlyList<Window> windows, string step, Fold fold, int version, int firstSample) =>
        new RolloutSampler(run.Policy, run.Tokenizer, run.Policy.Settings, context.Settings.Seed).Sample(
            windows, context.Settings.Tppo.Samples, step, Purposes.Update,
            string.Create(CultureInfo.InvariantCulture, $"{fold.Model(ModelFamilies.Policy)}/{version}"), firstSample);

    // Rollouts are facts before anything acts on them: sampled once, then cut, then learned from.
    private Cut StepCut(Fold fold, string model, int ordinal, CheckpointProduced sft, CheckpointProduced reward, Func<RolloutRow[]> sample)
    {
        var step = string.Create(CultureInfo.InvariantCulture, $"{model}/{ordinal}");
        return CutOf(model, ordinal, RangesOfRollouts, reward.Checkpoint, sft.Checkpoint);

        IReadOnlyList<(TopicPartition, long, long)> RangesOfRollouts()
        {
            rollouts.Refresh();
            if (rollouts.Ranges(step) is { } present) return present;
            var rows = sample();
            stage!.Count(rows.Sum(r => r.ResponseIds.Length));
            Metrics.RolloutTokens.Inc(rows.Sum(r => r.ResponseIds.Length));
            context.Log.Append([.. RowRecords.Rollouts(context.Log, rows, step, Purposes.Update)]);
            rollouts.Refresh();
            return rollouts.Ranges(step)!;
        }
    }

    private Cut CutOf(string model, int ordinal, Func<IReadOnlyList<(TopicPartition, long, long)>> ranges, string reward, string reference)
    {
        if (models.Cut(model, ordinal) is { } present) return present;
        var cut = CutBuilder.Build(context.Log, context.Settings, model, ordinal, ranges(), reward, reference);
        models.Write(cut);
        return cut;
    }

    private PromptPlan PromptsOf(Fold fold)
    {
        if (prompts.TryGetValue(fold.Index, out var known)) return known;
        return prompts[fold.Index] = PromptPlan.Of(context.Log, context.Settings, models.Cut(fold.Model(ModelFamilies.Policy), 0)!, fold);
    }

    private string StageName(string name, Fold fold) => folds!.Count == 1 ? name : $"{name}, fold {fold.Index + 1} of {folds.Count}";

    private void Show(UpdatePoint point)
    {
        var stats = point.Stats;
        stage!.Count(stats.Tokens);
        stage.Report(point.Update, context.Settings.Tppo.Updates, FormattableString.Invariant(
            $"reward {stats.Scores:F3}  KL {stats.Kl:F2}  length {stats.ResponseLength:F1}  distinct {point.DistinctWords:F2}"));
        PolicyMetrics.Set(point);
    }
}
