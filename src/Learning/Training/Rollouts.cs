using Tppo.Core.Settings;
using Tppo.Learning.Losses;
using Tppo.Learning.Models;
using Tppo.Learning.Tokenizing;
using static TorchSharp.torch;

namespace Tppo.Learning.Training;

// B responses of a batch, T tokens of the longest.

/// <summary>An update's rollouts with what is computed of them once, before the first minibatch: KL, values, advantages, returns.</summary>
internal sealed class Rollouts
{
    private readonly UpdateBatch batch;
    private readonly Row[][] rows;

    private Rollouts(UpdateBatch batch, Row[][] rows) => (this.batch, this.rows) = (batch, rows);

    internal int Prompts => batch.Prompts.Count;

    internal required double ExplainedVariance { get; init; }

    /// <summary>Reads reference and critic, puts KL into the rewards, estimates and whitens advantages.</summary>
    internal static Rollouts Prepare(UpdateBatch batch, Decoder reference, Decoder critic, TppoSettings settings)
    {
        Check(batch);
        int[][][] ids = [.. batch.Responses.Select(responses => (int[][])[.. responses.Select(response => response.Ids)])];
        var referenceLogProbs = ResponseLogProbs.Of(reference, batch.Prompts, ids);
        var values = ResponseReader.Read(batch.Prompts, ids, TreeRead.Predicting, 1, critic.Scores);
        Row[][] rows = [.. batch.Responses.Select((responses, p) => (Row[])[.. responses.Select((response, g) =>
            new Row(response, referenceLogProbs[p][g], values[p][g]))])];
        var variance = Estimate([.. rows.SelectMany(row => row)], settings);
        return new Rollouts(batch, rows) { ExplainedVariance = variance };
    }

    internal Minibatch Take(int[] prompts)
    {
        Row[] taken = [.. prompts.SelectMany(p => rows[p])];
        float[] Flat(Func<Row, float[]> of) => [.. taken.SelectMany(of)];
        return new Minibatch
        {
            Tree = TreeBatch.Build(
                [.. prompts.Select(p => batch.Prompts[p])],
                [.. prompts.Select(p => (int[][])[.. rows[p].Select(row => row.Response.Ids)])],
                TreeRead.Predicting),
            OldLogProbs_N = tensor(Flat(row => row.Response.SampledLogProbs)),
            OldValues_N = tensor(Flat(row => row.Values)),
            Advantages_N = tensor(Flat(row => row.Advantages)),
            Returns_N = tensor(Flat(row => row.Returns)),
            InLoss_N = tensor(taken.SelectMany(row => row.Response.InLoss).ToArray()),
        };
    }

    /// <summary>Figures of the rollouts as they came, before any training.</summary>
    internal UpdateStats Describe(double klWeight)
    {
        Row[] all = [.. rows.SelectMany(row => row)];
        var kl = all.Average(row => row.Kl.Sum(value => (double)value));
        var scores = all.Average(row => row.Response.Rewards.Sum(value => (double)value));
        return new UpdateStats
        {
            Kl = kl,
            Entropy = -all.Average(row => row.Response.SampledLogProbs.Sum(value => (double)value)),
            Scores = scores,
            RlhfReward = scores - (klWeight * kl),
            ExplainedVariance = ExplainedVariance,
            ResponseLength = all.Average(row => (double)row.Response.Ids.Length),
            NoEosRatio = all.Average(row => row.Response.Ids[^1] == Tokenizer.EosId ? 0.0 : 1.0),
            ValueLoss = 0,
            ValueClipFraction = 0,
            LearningRate = 0,
            Tokens = 0,
        };
    }

    private static double Estimate(Row[] rows, TppoSettings settings)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var t = rows.Max(row => row.Response.Ids.Length);
        var rewards_BT = Padded(row => row.RewardsWithKl(settings.Shaping.KlWeight));
        var values_BT = Padded(row => row.Values);
        var mask_BT = Padded(row => [.. row.Values.Select(_ => 1f)]);
        var inLoss_BT = Padded(row => [.. row.Response.InLoss.Select(inLoss => inLoss ? 1f : 0f)]);
        var (advantages_BT, returns_BT) = AdvantageEstimation.Gae(rewards_BT, values_BT, mask_BT, settings.Gamma, settings.Lambda);
        var whitened = Whitening.Whiten(advantages_BT, inLoss_BT).data<float>().ToArray();
        var returns = returns_BT.contiguous().data<float>().ToArray();
        for (var b = 0; b < rows.Length; b++)
        {
            var length = rows[b].Response.Ids.Length;
            rows[b].Advantages = whitened.AsSpan(b * t, length).ToArray();
            rows[b].Returns = returns.AsSpan(b * t, length).ToArray();
        }

        var residual = Whitening.Variance(returns_BT - values_BT, mask_BT);
        var total = Whitening.Variance(returns_BT, mask_BT);
        return total > 0 ? 1 - (residual / total) : 0;

        Tensor Padded(Func<Row, float[]> of)
        {
            var all = new float[rows.Length * t];
            for (var b = 0; b < rows.Length; b++) of(rows[b]).CopyTo(all, b * t);
            return tensor(all, [rows.Length, t], float32);
        }
    }

    private static void Check(UpdateBatch batch)
    {
        if (batch.Prompts.Count == 0 || batch.Prompts.Count != batch.Responses.Count)
        {
            throw new ArgumentException($"{batch.Prompts.Count} prompts, but responses of {batch.Responses.Count}", nameof(batch));
        }

        foreach (var response in batch.Responses.SelectMany(responses => responses))
        {
            var length = response.Ids.Length;
            if (length == 0) throw new ArgumentException("a response has no tokens; drop it and count it before the update", nameof(batch));
            if (response.SampledLogProbs.Length != length || response.Rewards.Length != length || response.InLoss.Length != length)
            {
                throw new ArgumentException($"a response of {length} tokens has {response.SampledLogProbs.Length} log-probs, {response.Rewards.Length} rewards and {response.InLoss.Length} loss marks", nameof(batch));
            }
        }
    }

    private sealed class Row(RolloutResponse response, float[] referenceLogProbs, float[] values)
    {
        internal RolloutResponse Response => response;

        internal float[] Values => values;

        internal float[] Kl { get; } = [.. response.SampledLogProbs.Zip(referenceLogProbs, (old, reference) => old - reference)];

        internal float[] Advantages { get; set; } = [];

        internal float[] Returns { get; set; } = [];

        internal float[] RewardsWithKl(double weight) => [.. response.Rewards.Zip(Kl, (reward, kl) => (float)(reward - (weight * kl)))];
    }
}
