using Tppo.Core.Settings;
using Tppo.Learning.Losses;
using Tppo.Learning.Models;
using Tppo.Learning.Native;
using static TorchSharp.torch;

namespace Tppo.Learning.Training;

// B responses of a batch, T tokens of the longest.

/// <summary>An update's trajectories with what is computed of them once, before the first minibatch: KL, values, advantages, returns.</summary>
internal sealed class PreparedUpdate
{
    private readonly UpdateBatch batch;
    private readonly Decoder critic;
    private readonly double? explainedVariance;

    private PreparedUpdate(UpdateBatch batch, Decoder critic, double? explainedVariance) =>
        (this.batch, this.critic, this.explainedVariance) = (batch, critic, explainedVariance);

    /// <summary>How many windows there are.</summary>
    internal int Windows => batch.Windows.Count;

    /// <summary>Reads reference and critic, puts KL into the rewards, estimates and whitens advantages.</summary>
    /// <exception cref="ArgumentException">There is no window, or one without a response.</exception>
    internal static PreparedUpdate Of(UpdateBatch batch, Decoder reference, Decoder critic, TppoSettings settings)
    {
        if (batch.Windows.Count == 0 || batch.Windows.Any(w => w.Count == 0))
            throw new ArgumentException("an update needs windows, and each of them a response", nameof(batch));
        if (batch.RealTargets.Count > 0 && batch.RealTargets.Count != batch.Windows.Count)
            throw new ArgumentException($"{batch.Windows.Count} windows, but real targets of {batch.RealTargets.Count}", nameof(batch));
        int[][] prompts = [.. batch.Windows.Select(window => window[0].Prompt)];
        int[][][] ids = [.. batch.Windows.Select(window => (int[][])[.. window.Select(t => t.Ids)])];
        var referenceLogProbs = ResponseLogProbs.Of(reference, prompts, ids);
        var values = ResponseReader.Read(critic, prompts, ids, TreeRead.Predicting, 1, critic.Scores);
        for (var w = 0; w < ids.Length; w++)
        {
            for (var s = 0; s < ids[w].Length; s++)
            {
                var trajectory = batch.Windows[w][s];
                trajectory.Kl = [.. trajectory.SampledLogProbs.Zip(referenceLogProbs[w][s], (old, reference) => old - reference)];
                trajectory.Values = values[w][s];
            }
        }

        var variance = Estimate([.. batch.Windows.SelectMany(window => window)], settings, critic.Device);
        return new PreparedUpdate(batch, critic, variance);
    }

    /// <summary>Some windows as tensors.</summary>
    internal Minibatch Take(int[] windows)
    {
        Trajectory[] taken = [.. windows.SelectMany(w => batch.Windows[w])];
        var device = critic.Device;
        Tensor Flat(Func<Trajectory, float[]> of) => device.Float32s([.. taken.SelectMany(of)]);
        return new Minibatch
        {
            Tree = TreeBatch.Build(
                critic,
                [.. windows.Select(w => batch.Windows[w][0].Prompt)],
                [.. windows.Select(w => (int[][])[.. batch.Windows[w].Select(t => t.Ids)])],
                TreeRead.Predicting),
            RealTargets = batch.RealTargets.Count == 0 ? null : TreeBatch.Build(
                critic,
                [.. windows.Select(w => batch.Windows[w][0].Prompt)],
                [.. windows.Select(w => (int[][])[batch.RealTargets[w]])],
                TreeRead.Predicting),
            OldLogProbs_N = Flat(t => t.SampledLogProbs),
            OldValues_N = Flat(t => t.Values),
            Advantages_N = Flat(t => t.Advantages),
            Returns_N = Flat(t => t.Returns),
            InLoss_N = device.Flags([.. taken.SelectMany(t => t.InLoss)]),
        };
    }

    /// <summary>Figures of the trajectories as they came, before any training.</summary>
    internal UpdateStats Describe(double klWeight)
    {
        Trajectory[] all = [.. batch.Windows.SelectMany(window => window)];
        var kl = all.Average(t => t.Kl.Sum(value => (double)value));
        var scores = all.Average(t => t.Rewards.Sum(value => (double)value));
        return new UpdateStats
        {
            Kl = kl,
            Entropy = -all.Average(t => t.SampledLogProbs.Sum(value => (double)value)),
            Scores = scores,
            RlhfReward = scores - (klWeight * kl),
            ExplainedVariance = explainedVariance,
            ResponseLength = all.Average(t => (double)t.Ids.Length),
            NoEosRatio = all.Average(t => t.Ids[^1] == critic.Specials.End ? 0.0 : 1.0),
            ValueLoss = 0,
            ValueClipFraction = 0,
            LearningRate = 0,
            Tokens = 0,
        };
    }

    // Gives the share of the returns' variance that the critic explains; none where they do not vary.
    private static double? Estimate(Trajectory[] all, TppoSettings settings, Device device)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var longest = all.Max(t => t.Ids.Length);
        var weight = settings.Shaping.KlWeight;
        var rewards_BT = Padded(t => [.. t.Rewards.Zip(t.Kl, (reward, kl) => (float)(reward - (weight * kl)))]);
        var values_BT = Padded(t => t.Values);
        var mask_BT = Padded(t => [.. t.Values.Select(_ => 1f)]);
        var inLoss_BT = Padded(t => [.. t.InLoss.Select(inLoss => inLoss ? 1f : 0f)]);
        var (advantages_BT, returns_BT) = AdvantageEstimation.Gae(rewards_BT, values_BT, mask_BT, settings.Gamma, settings.Lambda);
        var whitened = Whitening.Whiten(advantages_BT, inLoss_BT).ToFloats();
        var returns = returns_BT.ToFloats();
        for (var b = 0; b < all.Length; b++)
        {
            all[b].Advantages = whitened.AsSpan(b * longest, all[b].Ids.Length).ToArray();
            all[b].Returns = returns.AsSpan(b * longest, all[b].Ids.Length).ToArray();
        }

        var residual = Whitening.Variance(returns_BT - values_BT, mask_BT);
        var total = Whitening.Variance(returns_BT, mask_BT);
        return total > 0 ? 1 - (residual / total) : null;

        Tensor Padded(Func<Trajectory, float[]> of)
        {
            var padded = new float[all.Length * longest];
            for (var b = 0; b < all.Length; b++) of(all[b]).CopyTo(padded, b * longest);
            return device.Float32s(padded, all.Length, longest);
        }
    }
}
