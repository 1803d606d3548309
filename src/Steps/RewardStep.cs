using Tppo.Core.Cuts;
using Tppo.Core.Judging;
using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Core.Progress;
using Tppo.Core.Rollouts;
using Tppo.Core.Statistics;
using Tppo.Facts.Artifacts;
using Tppo.Facts.Cuts;
using Tppo.Facts.Rollouts;
using Tppo.Learning.Checkpoints;
using Tppo.Learning.Models;
using Tppo.Learning.Native;
using Tppo.Learning.Training;
using Tppo.Streaming.Codecs;
using Tppo.Streaming.Log;

namespace Tppo.Steps;

/// <summary>
/// One version of the reward model, from a cut: labelled rollouts in, a checkpoint out. Training and rebuilding both take
/// this step; it asks no judge and writes nothing to the log.
/// </summary>
public static class RewardStep
{
    /// <summary>Takes the step.</summary>
    /// <param name="context">Log, settings, checkpoints.</param>
    /// <param name="cut">What to learn from.</param>
    /// <param name="policy">The policy whose rollouts these are and from whose weights the model starts.</param>
    /// <param name="stage">Told how far it is.</param>
    /// <param name="cancellation">Stops between optimiser steps.</param>
    public static CheckpointProduced Take(
        StepContext context, Cut cut, CheckpointProduced policy, IProgress<StageReport> stage, CancellationToken cancellation)
    {
        CutReader.RequireSettings(cut, context.Settings);
        var windows = Labelled(context.Log, cut);
        var progress = new StageTraining(stage);
        using var turn = TorchTurn.Take(cancellation);
        using var start = ModelFolder.Read(context.Folder(policy), DecoderHead.None);
        var result = RewardModelTraining.Run(start, start.Settings, context.Settings.RewardModel, windows, cut.Seed, progress, cancellation);
        using var model = result.Model;
        var parents = new Dictionary<string, string> { [policy.Model] = policy.Checkpoint };
        var stored = context.Artifacts.Add(folder =>
        {
            ModelFolder.Write(folder, model, start.Settings);
            LineageFile.Write(folder, 0, [cut], parents, TorchRuntime.InForce);
            Curves.Write(folder, result.Curve);
        });
        var last = result.Curve[^1];
        return new CheckpointProduced(
            1, CheckpointProduced.KindName, cut.Model, 0, stored.Name, cut.Ordinal, Final: true, policy.Fold, parents,
            Known(("rm_loss_local", last.LossLocal), ("rm_loss_global", last.LossGlobal), ("rm_label_ratio", LabelRatio(windows))),
            stored.Weights);
    }

    /// <summary>The labelled windows of a cut, in order of SHA-256(seed ‖ window id).</summary>
    public static IReadOnlyList<LabelledWindow> Labelled(IEventLog log, Cut cut)
    {
        var rollouts = new List<RolloutRow>();
        var rewards = new Dictionary<string, TokenRewardRow>();
        CutReader.ForEach(log, cut, record =>
        {
            if (record.Topic == Topics.Rollouts) rollouts.AddRange(RolloutCodec.Decode(record.Value));
            else foreach (var row in TokenRewardCodec.Decode(record.Value).Where(SaysSomething)) rewards[row.RolloutId] = row;
        });
        return
        [
            .. RolloutOrder.ByWindow(rollouts.Where(r => rewards.ContainsKey(r.RolloutId)), cut.Seed).Select(group => new LabelledWindow(
                group[0].WindowId, group[0].PromptIds, [.. group.Select(row => Response(row, rewards[row.RolloutId]))])),
        ];
    }

    // Of a response whose judgement was rejected nothing is known: it is no example of tokens that belong to no word.
    private static bool SaysSomething(TokenRewardRow row) => row.Sentence != Category.None || row.Categories.Any(c => c != Category.None);

    private static LabelledResponse Response(RolloutRow row, TokenRewardRow reward) =>
        new(row.RolloutId, row.Sample, row.ResponseIds, reward.Categories, reward.Sentence);

    // What is undefined is left out.
    private static Dictionary<string, double> Known(params IEnumerable<(string Name, double? Value)> figures) =>
        figures.Where(f => f.Value is not null).ToDictionary(f => f.Name, f => f.Value!.Value);

    private static double? LabelRatio(IReadOnlyList<LabelledWindow> windows)
    {
        var labels = windows.SelectMany(w => w.Responses).SelectMany(r => r.Categories).Where(c => c != Category.None).ToList();
        return Figure.Share(labels.Count(c => c == Category.Relevant), labels.Count);
    }
}
