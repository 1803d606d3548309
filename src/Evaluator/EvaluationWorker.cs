using Tppo.Core;
using Tppo.Core.Cuts;
using Tppo.Core.Events;
using Tppo.Core.Judging;
using Tppo.Core.Models;
using Tppo.Core.Rewards;
using Tppo.Core.Rollouts;
using Tppo.Core.Statistics;
using Tppo.Core.Windows;
using Tppo.Facts.Cuts;
using Tppo.Facts.Evaluations;
using Tppo.Facts.Judgements;
using Tppo.Facts.Models;
using Tppo.Facts.Rollouts;
using Tppo.Hosting;
using Tppo.Hosting.Instruments;
using Tppo.Hosting.Judges;
using Tppo.Hosting.Workers;
using Tppo.Learning.Checkpoints;
using Tppo.Learning.Models;
using Tppo.Learning.Native;
using Tppo.Learning.Training;
using Tppo.Replay;
using Tppo.Steps;
using Tppo.Streaming.Log;

namespace Tppo.Evaluator;

/// <summary>
/// Measures SFT policies, reward models and final policies on held-out users, and moves the alias <c>champion</c> to a final
/// policy that is better than its SFT policy beyond chance. Answers of the judge stand before they are used; the rest of one
/// evaluation is appended at once.
/// </summary>
public sealed class EvaluationWorker : IWorker
{
    private const int SamplesShown = 3;
    private const int RewardModelSamples = 4;
    private readonly ServiceContext context;
    private readonly ModelLog models;
    private readonly EvaluationLog evaluations;
    private readonly HeldOutSampling sampling;
    private readonly StepContext steps;
    private readonly CheckpointMaker checkpoints;

    /// <summary>An evaluator.</summary>
    public EvaluationWorker(ServiceContext context)
    {
        this.context = context;
        models = new ModelLog(context.Log);
        evaluations = new EvaluationLog(context.Log);
        steps = new StepContext(context.Log, context.Settings, context.Artifacts);
        checkpoints = new CheckpointMaker(steps, models, context.Board, context.Warn);
        sampling = new HeldOutSampling(context, steps);
        context.Lag.Watch(Name, models.Tails);
    }

    /// <inheritdoc/>
    public string Name => EvaluatorService.Name;

    /// <inheritdoc/>
    public bool Work(CancellationToken cancellation)
    {
        models.Refresh();
        evaluations.Refresh();
        foreach (var checkpoint in models.Checkpoints)
        {
            if (evaluations.Find(checkpoint.Model, checkpoint.Version) is not null) continue;
            var policy = models.Find(checkpoint.Fold.Model(ModelFamilies.Policy), 0)!;
            if (checkpoint.Model == checkpoint.Fold.Model(ModelFamilies.Reward))
            {
                EvaluateRewardModel(checkpoint, policy, cancellation);
                return true;
            }

            if (checkpoint.Model == policy.Model && (checkpoint.Version == 0 || checkpoint.Final))
            {
                EvaluatePolicy(checkpoint, policy, cancellation);
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => sampling.Dispose();

    private static StepId Step(CheckpointProduced checkpoint) => StepId.OfEvaluation(checkpoint.Model, checkpoint.Version);

    private (IReadOnlyList<Window> Windows, IJudge Judge, double? JudgeAuc) HeldOut(CheckpointProduced policy)
    {
        var cut = models.Cut(new StepId(policy.Model, 0))!;
        var windows = WindowCut.HeldOut(context.Log, cut, policy.Fold);
        if (windows.Count == 0) throw new UserException($"{policy.Model}: expected held-out users with windows, found none");
        var judge = context.Judges.ForTruth(() => EmbeddedJudges.ForTruth(context.Log, context.Settings, cut, policy.Fold));
        var most = context.Settings.Evaluation.WindowsMax;
        return ([.. most > 0 ? windows.Take(most) : windows], judge, (judge as LogStatisticsJudge)?.HeldOutAuc(windows));
    }

    private void EvaluatePolicy(CheckpointProduced checkpoint, CheckpointProduced sft, CancellationToken cancellation)
    {
        checkpoints.Require(checkpoint, cancellation);
        using var stage = context.Board.Start(checkpoint.Version == 0 ? "evaluate SFT" : "evaluate TPPO");
        var (windows, judge, judgeAuc) = HeldOut(sft);
        var sample = sampling.Take(checkpoint, windows, 1, Step(checkpoint), judge, cancellation);
        var measures = windows.Select((w, i) => ResponseMeasures.Of(sample.Rows[i], w, sample.Answers[i], context.Settings.Windows.Targets)).ToList();
        if (measures.All(m => m.Unjudged))
            throw new UserException($"judge {judge.Model}: none of {measures.Count} answers could be used: nothing can be said of {checkpoint.Made}");
        var before = checkpoint.Version > 0 ? evaluations.Find(sft.Model, 0) : null;
        var evaluation = new Evaluation
        {
            Model = checkpoint.Model,
            Version = checkpoint.Version,
            Checkpoint = checkpoint.Checkpoint,
            Fold = checkpoint.Fold,
            Judge = judge.Model,
            JudgeAuc = judgeAuc,
            Responses = measures,
            Samples = before is null ? [] : Samples(checkpoint, sft, windows, sample, cancellation),
            JudgeCalls = sample.Calls,
        };
        var summary = Summary.Of(measures);
        var promotion = before is null ? [] : Promotion.Of(checkpoint, Summary.Difference(before.Responses, measures), CanariesFail());
        Append(evaluation, [.. sample.Records, .. promotion]);
        stage.Report(windows.Count, windows.Count, FormattableString.Invariant($"relevance {summary.Relevance:F3} of {summary.N} windows"));
        var policy = checkpoint.Version == 0 ? "sft" : "tppo";
        string[] labels = [judge.Template, "held-out", policy];
        EvaluationInstruments.RelevanceRate.WithLabels(labels).Set(summary.Relevance);
        EvaluationInstruments.RelevanceRateLow.WithLabels(labels).Set(summary.Low);
        EvaluationInstruments.RelevanceRateHigh.WithLabels(labels).Set(summary.High);
        EvaluationInstruments.EvaluationValid.WithLabels(labels).Set(summary.N);
    }

    // Who learned from a judge that gets wrong what is known is no champion.
    private bool CanariesFail()
    {
        if (!context.Judges.IsModel) return false;
        var (passed, failed) = CanaryLog.Count(context.Log, context.Settings);
        if (failed > 0) context.Warn($"{failed} of {passed + failed} canary questions were answered wrongly by the judge: nothing is promoted");
        return failed > 0;
    }

    private void EvaluateRewardModel(CheckpointProduced reward, CheckpointProduced sft, CancellationToken cancellation)
    {
        checkpoints.Require(sft, cancellation);
        using var stage = context.Board.Start("evaluate reward model");
        var (windows, judge, _) = HeldOut(sft);
        windows = [.. windows.Take(context.Settings.Evaluation.RewardModelWindows)];
        var sample = sampling.Take(sft, windows, RewardModelSamples, Step(reward), judge, cancellation);
        var (token, sentence) = RewardModelMeasures.Auc(sample, Score(reward, sample.Rows, RewardModelSamples, cancellation));
        Append(
            new Evaluation
            {
                Model = reward.Model,
                Version = reward.Version,
                Checkpoint = reward.Checkpoint,
                Fold = reward.Fold,
                Judge = judge.Model,
                TokenAuc = token,
                SentenceAuc = sentence,
                JudgeCalls = sample.Calls,
            },
            sample.Records);
        stage.Report(windows.Count, windows.Count, $"token AUC {Figure.Text(token, "F3")}, sentence AUC {Figure.Text(sentence, "F3")}");
        RewardModelInstruments.RewardAucToken.Set(token ?? double.NaN);
        RewardModelInstruments.RewardAucSentence.Set(sentence ?? double.NaN);
    }

    private void Append(Evaluation evaluation, IReadOnlyList<OutgoingRecord> others) =>
        context.Log.Append([.. others, EvaluationLog.Fact(evaluation)]);

    private List<SampleHistory> Samples(
        CheckpointProduced policy, CheckpointProduced sft, IReadOnlyList<Window> windows, HeldOutSample after, CancellationToken cancellation)
    {
        var reward = models.Find(policy.Fold.Model(ModelFamilies.Reward), 0)!;
        var count = Math.Min(SamplesShown, windows.Count);
        var before = RolloutOrder.OfStep(context.Log, Step(sft)).ToDictionary(r => r.WindowId);
        var rows = Enumerable.Range(0, count).SelectMany(i => new[] { before[windows[i].Id], after.Rows[i] }).ToList();
        var scores = Score(reward, rows, 2, cancellation);
        return [.. Enumerable.Range(0, count).Select(Sample)];

        SampleHistory Sample(int i) => new(
            [.. windows[i].History.Select(h => $"{h.Type.Name()}: {h.Text}")],
            windows[i].Targets,
            ScoredWord.Of(rows[2 * i].Response, scores[2 * i]),
            ScoredWord.Of(rows[(2 * i) + 1].Response, scores[(2 * i) + 1]));
    }

    // Rows in groups that share a prompt.
    private List<ScoredToken[]> Score(CheckpointProduced reward, IReadOnlyList<RolloutRow> rows, int group, CancellationToken cancellation)
    {
        checkpoints.Require(reward, cancellation);
        using var turn = TorchTurn.Take(cancellation);
        using var model = ModelFolder.Read(steps.Folder(reward), DecoderHead.Category);
        return [.. RewardModelScorer.Score(model, [.. rows.Chunk(group)]).SelectMany(scores => scores)];
    }
}
