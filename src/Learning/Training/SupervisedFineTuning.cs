using System.Globalization;
using Tppo.Core.Numerics;
using Tppo.Core.Settings;
using Tppo.Learning.Losses;
using Tppo.Learning.Models;
using Tppo.Learning.Native;
using static TorchSharp.torch;

namespace Tppo.Learning.Training;

/// <summary>
/// Makes a policy from nothing: first every token of history and response is a target, which stands for a pretrained base,
/// then the response alone.
/// </summary>
/// <remarks>
/// Response-only cross-entropy from scratch, as the paper has it, reached a relevance of 0.14 where this reaches 0.38. Windows
/// are gone through in a drawn order; within 512 of them, those of like length share a step, and steps are drawn again.
/// </remarks>
public static class SupervisedFineTuning
{
    private const string Stage = "sft";
    private const int SortedTogether = 512;
    private const double Beta1 = 0.9;

    /// <summary>Trains a fresh decoder. The same arguments give the same weights, bit for bit.</summary>
    /// <param name="model">Its shape.</param>
    /// <param name="settings">Steps and rates.</param>
    /// <param name="windows">What it learns from. Responses longer than <see cref="ModelSettings.ResponseTokensMax"/> are cut.</param>
    /// <param name="seed">Seed of initial weights and order.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <param name="way">Where it leaves what it has on its way, and goes on from what a session like it left; null: nowhere.</param>
    /// <exception cref="ArgumentException">There is no window.</exception>
    public static SftResult Run(
        ModelSettings model,
        SftSettings settings,
        IReadOnlyList<TrainingText> windows,
        long seed,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellationToken,
        ISftWay? way = null)
    {
        ArgumentOutOfRangeException.ThrowIfZero(windows.Count, nameof(windows));
        using var left = way?.Left();
        var policy = left?.Policy ?? new Decoder(model, DecoderHead.None, SeededRandom.For("sft-weights", seed));
        using var optimiser = new AdamW(policy, Beta1, settings.Beta2, settings.WeightDecay);
        if (left is not null) optimiser.Load(left.Optimiser);
        var steps = Plan(settings, windows, seed);
        var total = steps.Sum(step => step.Windows.Length);
        List<StepStats> curve = [.. left?.Curve ?? []];
        var (seen, tokens) = (steps.Take(curve.Count).Sum(step => step.Windows.Length), 0L);
        foreach (var step in steps.Skip(curve.Count))
        {
            way?.Between(policy, optimiser, curve, cancellationToken.IsCancellationRequested);
            cancellationToken.ThrowIfCancellationRequested();
            var rate = LearningRate.At(settings.LearningRate, curve.Count, settings.WarmupSteps, seen / (double)total, settings.FinalRateShare);
            var texts = step.Windows.Select(i => Cut(windows[i], model.ResponseTokensMax)).ToArray();
            var (loss, count, norm) = Train(policy, optimiser, texts, step.AllTokens, rate, settings.GradientNormMax);
            seen += texts.Length;
            tokens += count;
            curve.Add(new StepStats(curve.Count + 1, count, loss, norm, rate));
            progress?.Report(new TrainingProgress(Stage, curve.Count, steps.Count, tokens, loss));
        }

        optimiser.ZeroGradients();
        return new SftResult(policy, curve);
    }

    private static (double Loss, long Tokens, double Norm) Train(
        Decoder policy, AdamW optimiser, TrainingText[] texts, bool allTokens, double rate, double normMax)
    {
        using var scope = NewDisposeScope();
        optimiser.ZeroGradients();
        var loss = allTokens ? AllTokensLoss(policy, texts) : ResponseLoss(policy, texts);
        loss.backward();
        var norm = optimiser.Step(rate, normMax);
        return (loss.Number(), texts.Sum(text => text.Prompt.Length + text.Response.Length + 1L), norm);
    }

    private static Tensor AllTokensLoss(Decoder policy, TrainingText[] texts)
    {
        using var batch = RowBatch.Build(policy, [.. texts.Select(text => (int[])[.. text.Prompt, policy.Specials.Response, .. text.Response])]);
        return LanguageModelLoss.CrossEntropy(policy.LogProbs(batch)).Loss;
    }

    private static Tensor ResponseLoss(Decoder policy, TrainingText[] texts)
    {
        using var batch = TreeBatch.Build(
            policy, [.. texts.Select(text => text.Prompt)], [.. texts.Select(text => (int[][])[text.Response])], TreeRead.Predicting);
        return LanguageModelLoss.CrossEntropy(policy.LogProbs(batch)).Loss;
    }

    private static TrainingText Cut(TrainingText text, int tokensMax) =>
        text.Response.Length <= tokensMax ? text : text with { Response = text.Response[..tokensMax] };

    private static List<(int[] Windows, bool AllTokens)> Plan(SftSettings settings, IReadOnlyList<TrainingText> windows, long seed)
    {
        var wanted = (int)Math.Min(settings.Windows, (long)windows.Count * settings.PassesMax);
        var order = new List<int>(wanted);
        for (var pass = 0; order.Count < wanted; pass++)
        {
            var indices = Enumerable.Range(0, windows.Count).ToArray();
            SeededRandom.For("sft-order", seed, pass.ToString(CultureInfo.InvariantCulture)).Shuffle<int>(indices);
            order.AddRange(indices.Take(wanted - order.Count));
        }

        var steps = new List<(int[] Windows, bool AllTokens)>();
        for (var at = 0; at < wanted; at += SortedTogether)
        {
            var allTokens = at < settings.AllTokensShare * wanted;
            var size = allTokens ? settings.AllTokensBatch : settings.ResponseBatch;
            var chunk = order.Skip(at).Take(SortedTogether).OrderBy(i => windows[i].Prompt.Length).Chunk(size).ToArray();
            SeededRandom.For("sft-steps", seed, at.ToString(CultureInfo.InvariantCulture)).Shuffle<int[]>(chunk);
            steps.AddRange(chunk.Select(indices => (indices, allTokens)));
        }

        return steps;
    }
}
