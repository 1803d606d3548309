using System.Globalization;
using Tppo.Core.Judging;
using Tppo.Core.Numerics;
using Tppo.Core.Settings;
using Tppo.Learning.Losses;
using Tppo.Learning.Models;
using Tppo.Learning.Native;
using static TorchSharp.torch;

namespace Tppo.Learning.Training;

// N response tokens of a step, B responses, T tokens of the longest.

/// <summary>Trains the token reward model: the policy's backbone, and at each response token, at its own position, its category.</summary>
/// <remarks>Class weights and the balance mask are counted over the step's batch.</remarks>
public static class RewardModelTraining
{
    private const string Stage = "reward-model";
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;

    /// <summary>Trains a new decoder that starts from <paramref name="start"/>. The same arguments give the same weights, bit for bit.</summary>
    /// <param name="start">The policy whose backbone it starts from; left as it is.</param>
    /// <param name="model">Its shape, the same as the start's.</param>
    /// <param name="settings">Steps, rates and weights of the losses.</param>
    /// <param name="windows">Judged windows.</param>
    /// <param name="seed">Seed of the head's weights, the order and the balance mask.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <exception cref="ArgumentException">There is no window, a response is empty, or its categories are not as many as its tokens.</exception>
    public static RewardModelResult Run(
        Decoder start,
        ModelSettings model,
        RewardModelSettings settings,
        IReadOnlyList<LabelledWindow> windows,
        long seed,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(windows.Count, nameof(windows));
        if (windows.SelectMany(window => window.Responses).FirstOrDefault(response => response.Ids.Length != response.Categories.Length) is { } wrong)
        {
            throw new ArgumentException($"rollout {wrong.RolloutId} has {wrong.Ids.Length} tokens and {wrong.Categories.Length} categories", nameof(windows));
        }

        var decoder = new Decoder(start.Kind with { Settings = model }, DecoderHead.Category, SeededRandom.For("reward-model-weights", seed));
        decoder.CopyFrom(start);
        using var optimiser = new AdamW(decoder, Beta1, Beta2, settings.WeightDecay);
        var steps = Plan(settings, windows.Count, seed);
        var curve = new List<StepStats>(steps.Count);
        var tokens = 0L;
        foreach (var step in steps)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var rate = LearningRate.At(settings.LearningRate, curve.Count, settings.WarmupSteps, curve.Count / (double)steps.Count, settings.FinalRateShare);
            var (stats, count, norm) = Train(decoder, optimiser, settings, [.. step.Select(i => windows[i])], seed, rate);
            tokens += count;
            curve.Add(new StepStats(curve.Count + 1, count, stats.Total, norm, rate) { LossLocal = stats.Local, LossGlobal = stats.Global });
            progress?.Report(new TrainingProgress(Stage, curve.Count, steps.Count, tokens, stats.Total));
        }

        optimiser.ZeroGradients();
        return new RewardModelResult(decoder, curve);
    }

    private static (TokenRewardLossStats Stats, long Tokens, double Norm) Train(
        Decoder decoder, AdamW optimiser, RewardModelSettings settings, LabelledWindow[] windows, long seed, double rate)
    {
        using var scope = NewDisposeScope();
        optimiser.ZeroGradients();
        using var batch = TreeBatch.Build(
            decoder,
            [.. windows.Select(window => window.Prompt)],
            [.. windows.Select(window => (int[][])[.. window.Responses.Select(response => response.Ids)])],
            TreeRead.Own);
        var (loss, stats) = Loss(decoder, batch, settings, windows, seed);
        loss.backward();
        return (stats, batch.RealTokens, optimiser.Step(rate, settings.GradientNormMax));
    }

    private static (Tensor Loss, TokenRewardLossStats Stats) Loss(
        Decoder decoder, TreeBatch batch, RewardModelSettings settings, LabelledWindow[] windows, long seed)
    {
        var rows = windows.SelectMany(window => window.Responses.Select(response =>
            (Name: $"{window.WindowId}/{response.Sample.ToString(CultureInfo.InvariantCulture)}", Response: response))).ToArray();
        IReadOnlyList<Category>[] categories = [.. rows.Select(row => row.Response.Categories)];
        var kept = settings.BalanceMask ? BalanceMask.Keep(seed, [.. rows.Select(row => row.Name)], categories) : null;

        var (b, t) = (rows.Length, categories.Max(row => row.Count));
        var (place, labels, keep, response) = (new long[b * t], new long[b * t], new bool[b * t], new bool[b * t]);
        Array.Fill(place, batch.Reads);
        var n = 0L;
        for (var row = 0; row < b; row++)
        {
            for (var i = 0; i < categories[row].Count; i++)
            {
                var at = (row * t) + i;
                (place[at], labels[at], keep[at], response[at]) = (n++, (long)categories[row][i], kept?[row][i] ?? true, true);
            }
        }

        // Flat reads to rows: padding takes a row of zeros that stands behind them.
        var scores_N3 = decoder.Scores(batch);
        var padded = cat([scores_N3, decoder.Device.Zeros(float32, 1, 3)], 0).index_select(0, decoder.Device.Int64s(place));
        return TokenRewardLoss.Compute(
            padded.view(b, t, 3),
            decoder.Device.Int64s(labels, b, t),
            decoder.Device.Flags(keep, b, t),
            decoder.Device.Flags(response, b, t),
            [.. rows.Select(row => row.Response.Sentence)],
            settings.LocalWeight,
            settings.NoWordWeight);
    }

    private static List<int[]> Plan(RewardModelSettings settings, int windows, long seed)
    {
        var steps = new List<int[]>();
        for (var epoch = 0; epoch < settings.Epochs; epoch++)
        {
            var order = Enumerable.Range(0, windows).ToArray();
            SeededRandom.For("reward-model-order", seed, epoch.ToString(CultureInfo.InvariantCulture)).Shuffle<int>(order);
            steps.AddRange(order.Chunk(settings.Batch));
        }

        return steps;
    }
}
