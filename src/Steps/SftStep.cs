using Tppo.Core;
using Tppo.Core.Cuts;
using Tppo.Core.Models;
using Tppo.Core.Progress;
using Tppo.Core.Windows;
using Tppo.Facts.Artifacts;
using Tppo.Facts.Cuts;
using Tppo.Learning.Checkpoints;
using Tppo.Learning.Native;
using Tppo.Learning.Prompts;
using Tppo.Learning.Tokenizing;
using Tppo.Learning.Training;

namespace Tppo.Steps;

/// <summary>
/// Version 0 of a policy, from a cut over <c>windows.v1</c>: tokenizer and supervised fine-tuning together. Training and
/// rebuilding both take this step; it writes nothing to the log.
/// </summary>
public static class SftStep
{
    private const int CurvePoints = 200;

    /// <summary>Takes the step.</summary>
    /// <param name="context">Log, settings, checkpoints.</param>
    /// <param name="cut">What to learn from.</param>
    /// <param name="fold">Who trains.</param>
    /// <param name="stage">Told how far it is.</param>
    /// <param name="cancellation">Stops between optimiser steps.</param>
    /// <exception cref="UserException">Nobody trains.</exception>
    public static CheckpointProduced Take(StepContext context, Cut cut, Fold fold, IProgress<StageReport> stage, CancellationToken cancellation)
    {
        var settings = context.Settings;
        CutReader.RequireSettings(cut, settings);
        stage.Report(new StageReport(0, 0, "taking windows"));
        var windows = WindowCut.Training(context.Log, cut, fold, new WindowCut.Sample(settings.Sft.Windows, cut.Seed))[0];
        if (windows.Count == 0) throw new UserException($"{cut.Model}: expected windows of users who train, found none: every user is held out");
        stage.Report(new StageReport(0, 0, $"tokenizer on {windows.Count:N0} windows"));
        var tokenizer = BpeTrainer.Train(windows.SelectMany(w => PromptBuilder.TokenizerTexts(w)), settings.Model.Vocabulary);
        var model = settings.Model with { Vocabulary = tokenizer.VocabularySize };
        var texts = windows.Select(w => PromptBuilder.Text(w, tokenizer, model.PromptTokensMax)).ToList();

        using var turn = TorchTurn.Take(cancellation);
        var way = new SftWay(context.Artifacts, cut, tokenizer, context.Clock);
        var result = SupervisedFineTuning.Run(model, settings.Sft, texts, cut.Seed, new StageTraining(stage), cancellation, way);
        using var policy = result.Policy;
        var parents = new Dictionary<string, string>();
        var stored = context.Artifacts.Add(folder =>
        {
            ModelFolder.Write(folder, policy, model, tokenizer);
            LineageFile.Write(folder, 0, [cut], parents, TorchRuntime.InForce);
            Curves.Write(folder, Thinned(result.Curve));
        });
        way.Clear();
        return new CheckpointProduced(
            1, CheckpointProduced.KindName, cut.Model, 0, stored.Name, cut.Ordinal, Final: false, fold, parents,
            new Dictionary<string, double> { ["sft_loss"] = result.Curve[^1].Loss }, stored.Weights);
    }

    // Means over equal stretches: a curve that can be looked at.
    private static IEnumerable<StepStats> Thinned(IReadOnlyList<StepStats> curve)
    {
        var stretch = Math.Max(1, curve.Count / CurvePoints);
        return curve.Chunk(stretch).Select(c => c[^1] with
        {
            Loss = c.Average(s => s.Loss),
            GradientNorm = c.Average(s => s.GradientNorm),
            Tokens = c.Sum(s => s.Tokens),
        });
    }
}
