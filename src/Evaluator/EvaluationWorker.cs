using System.Globalization;
using Tppo.Core.Judging;
using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Core.Windows;
using Tppo.Hosting;
using Tppo.Hosting.Artifacts;
using Tppo.Hosting.Cuts;
using Tppo.Hosting.Judges;
using Tppo.Hosting.Workers;
using Tppo.Learning.Checkpoints;
using Tppo.Learning.Models;
using Tppo.Learning.Native;
using Tppo.Learning.Training;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Evaluator;

/// <summary>
/// Measures SFT policies, reward models and final policies on held-out users, and moves the alias <c>champion</c> to a final
/// policy that is better than its SFT policy beyond chance. All of one evaluation is appended at once.
/// </summary>
public sealed class EvaluationWorker : IWorker
{
    private const int SamplesShown = 3;
    private const int RewardModelSamples = 4;
    private readonly ServiceContext context;
    private readonly ModelLog models;
    private readonly EvaluationLog evaluations;
    private readonly JudgementLog judgements;

    /// <summary>An evaluator.</summary>
    public EvaluationWorker(ServiceContext context)
    {
        this.context = context;
        models = new ModelLog(context.Log);
        evaluations = new EvaluationLog(context.Log);
        judgements = new JudgementLog(context.Log);
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
    public void Dispose()
    {
    }

    private static string Step(CheckpointProduced checkpoint) =>
        string.Create(CultureInfo.InvariantCulture, $"evaluation/{checkpoint.Model}/{checkpoint.Version}");

    private (IReadOnlyList<Window> Windows, IJudge Judge, double? JudgeAuc) HeldOut(CheckpointProduced policy)
    {
        var cut = models.Cut(policy.Model, 0)!;
        var windows = WindowCut.HeldOut(context.Log, cut, policy.Fold);
        if (windows.Count == 0) throw new UserException($"{policy.Model}: expected held-out users with windows, found none");
        var judge = EmbeddedJudges.ForTruth(context.Log, context.Settings, cut, policy.Fold);
        var most = context.Settings.Evaluation.WindowsMax;
        return ([.. most > 0 ? windows.Take(most) : windows], judge, (judge as LogStatisticsJudge)?.HeldOutAuc(windows));
    }

    private void EvaluatePolicy(CheckpointProduced checkpoint, CheckpointProduced sft, CancellationToken cancellation)
    {
        using var stage = context.Board.Start(checkpoint.Version == 0 ? "evaluate SFT" : "evaluate TPPO");
        var (windows, judge, judgeAuc) = HeldOut(sft);
        var calls = judgements.Calls;
        var sample = HeldOutSampling.Take(context, checkpoint, windows, 1, Step(checkpoint), judge, judgements, cancellation);
        var measures = windows.Select((w, i) => ResponseMeasures.Of(sample.Rows[i], w, sample.Answers[i], context.Settings.Windows.Targets)).ToList();
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
            JudgeCalls = judgements.Calls - calls,
        };
        var summary = Summary.Of(measures);
        Append(evaluation, [.. sample.Records, .. before is null ? [] : Promotion.Of(checkpoint, Summary.Difference(before.Responses, measures))]);
        stage.Report(windows.Count, windows.Count, FormattableString.Invariant($"relevance {summary.Relevance:F3} of {summary.N} windows"));
        var policy = checkpoint.Version == 0 ? "sft" : "tppo";
        Metrics.RelevanceRate.WithLabels(judge.Template, "held-out", policy).Set(summary.Relevance);
        Metrics.RelevanceRateLow.WithLabels(judge.Template, "held-out", policy).Set(summary.Low);
        Metrics.RelevanceRateHigh.WithLabels(judge.Template, "held-out", policy).Set(summary.High);
        Metrics.EvaluationValid.WithLabels(judge.Template, "held-out", policy).Set(summary.N);
    }

    private void EvaluateRewardModel(CheckpointProduced reward, CheckpointProduced sft, CancellationToken cancellation)
    {
        using var stage = context.Board.Start("evaluate reward model");
        var (windows, judge, _) = HeldOut(sft);
        windows = [.. windows.Take(context.Settings.Evaluation.RewardModelWindows)];
        var calls = judgements.Calls;
        var sample = HeldOutSampling.Take(context, sft, windows, RewardModelSamples, Step(reward), judge, judgements, cancellation);
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
                JudgeCalls = judgements.Calls - calls,
            },
            sample.Records);
        stage.Report(windows.Count, windows.Count, FormattableString.Invariant($"token AUC {token:F3}, sentence AUC {sentence:F3}"));
        Metrics.RewardAucToken.Set(token ?? 0);
        Metrics.RewardAucSentence.Set(sentence ?? 0);
    }

    private void Append(Evaluation evaluation, IReadOnlyList<OutgoingRecord> others)
    {
        context.Log.Append(
        [
            .. others,
            new OutgoingRecord
            {
                Topic = Topics.Evaluations,
                Key = evaluation.Model,
                Partition = 0,
                Value = evaluation.ToJson(),
                Headers = CloudEvent.Headers(evaluation.Id, "tppo/evaluator", "tppo.evaluation.v1", "", CloudEvent.Json),
            },
        ]);
    }

    private List<SampleHistory> Samples(
        CheckpointProduced policy, CheckpointProduced sft, IReadOnlyList<Window> windows, HeldOutSample after, CancellationToken cancellation)
    {
        var reward = models.Find(policy.Fold.Model(ModelFamilies.Reward), 0)!;
        var count = Math.Min(SamplesShown, windows.Count);
        var before = EvaluationLog.Rollouts(context.Log, Step(sft)).ToDictionary(r => r.WindowId);
        var rows = Enumerable.Range(0, count).SelectMany(i => new[] { before[windows[i].Id], after.Rows[i] }).ToList();
        var scores = Score(reward, rows, 2, cancellation);
        return
        [
            .. Enumerable.Range(0, count).Select(i => new SampleHistory(
                [.. windows[i].History.Select(h => $"{Core.Events.EventTypes.Name(h.Type)}: {h.Text}")], windows[i].Targets,
                RewardModelMeasures.Coloured(rows[2 * i], scores[2 * i]), RewardModelMeasures.Coloured(rows[(2 * i) + 1], scores[(2 * i) + 1]))),
        ];
    }

    // Rows in groups that share a prompt.
    private List<TokenScores> Score(CheckpointProduced reward, IReadOnlyList<Core.Rollouts.RolloutRow> rows, int group, CancellationToken cancellation)
    {
        using var turn = TorchTurn.Take(cancellation);
        using var model = ModelFolder.Read(context.Artifacts.Folder(reward.Checkpoint), DecoderHead.Category);
        var groups = rows.Chunk(group).ToList();
        return
        [
            .. RewardModelScorer.Score(model, [.. groups.Select(g => g[0].PromptIds)], [.. groups.Select(g => (IReadOnlyList<int[]>)[.. g.Select(r => r.ResponseIds)])])
                .SelectMany(s => s),
        ];
    }
}
