using System.Globalization;
using Tppo.Core.Numerics;
using Tppo.Core.Settings;
using Tppo.Learning.Losses;
using Tppo.Learning.Models;
using Tppo.Learning.Native;
using static TorchSharp.torch;

namespace Tppo.Learning.Training;

/// <summary>
/// Token-level PPO: turns rollouts with a reward on every token into steps of policy and critic. Synchronous; one update is a
/// function of weights, optimiser states, the update's number and its batch, so a restart from saved state goes on bit for bit.
/// </summary>
/// <remarks>
/// <para>Rewards get −β (log π_old − log π_ref) a token; advantages by GAE, whitened over the tokens in the loss; then epochs of
/// minibatches, the critic's step before the policy's in each; where the settings say so, the cross-entropy of what people really
/// searched next stands beside the policy's loss. π_old is what was recorded at sampling.</para>
/// <para>Rates fall linearly with the update's number. Not here: sampling, scoring and shaping, which the caller does, and
/// corrections for stale rollouts, since an update samples from the policy it trains.</para>
/// </remarks>
public sealed class TppoTrainer : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.95;

    private readonly TppoSettings settings;

    /// <summary>A trainer at the start, or where saved optimiser states left off.</summary>
    /// <param name="policy">Trained in place; not owned.</param>
    /// <param name="reference">Frozen policy that KL is measured against; not owned.</param>
    /// <param name="critic">Decoder with a value head, trained in place; not owned.</param>
    /// <param name="model">The shape of all three.</param>
    /// <param name="settings">Rates, clips and weights.</param>
    /// <param name="policyOptimiser">Saved state of <see cref="PolicyOptimiser"/>.</param>
    /// <param name="criticOptimiser">Saved state of <see cref="CriticOptimiser"/>.</param>
    /// <exception cref="ArgumentException">The critic has no value head, or a decoder is of another shape.</exception>
    public TppoTrainer(
        Decoder policy,
        Decoder reference,
        Decoder critic,
        ModelSettings model,
        TppoSettings settings,
        IReadOnlyDictionary<string, Tensor>? policyOptimiser = null,
        IReadOnlyDictionary<string, Tensor>? criticOptimiser = null)
    {
        if (critic.Head != DecoderHead.Value) throw new ArgumentException("the critic has no value head", nameof(critic));
        foreach (var decoder in (Decoder[])[policy, reference, critic])
        {
            if (decoder.Settings.Vocabulary != model.Vocabulary || decoder.Settings.Width != model.Width || decoder.Settings.Layers != model.Layers)
            {
                throw new ArgumentException("a decoder is of another shape than the settings say", nameof(model));
            }
        }

        this.settings = settings;
        (Policy, Reference, Critic) = (policy, reference, critic);
        PolicyOptimiser = new AdamW(policy, Beta1, Beta2);
        CriticOptimiser = new AdamW(critic, Beta1, Beta2);
        if (policyOptimiser is not null) PolicyOptimiser.Load(policyOptimiser);
        if (criticOptimiser is not null) CriticOptimiser.Load(criticOptimiser);
    }

    /// <summary>The policy.</summary>
    public Decoder Policy { get; }

    /// <summary>The reference policy.</summary>
    public Decoder Reference { get; }

    /// <summary>The critic.</summary>
    public Decoder Critic { get; }

    /// <summary>The policy's optimiser.</summary>
    public AdamW PolicyOptimiser { get; }

    /// <summary>The critic's optimiser.</summary>
    public AdamW CriticOptimiser { get; }

    /// <summary>Trains the critic alone, at its peak rate.</summary>
    /// <param name="round">Number of the round, from 0; keys the order of minibatches.</param>
    /// <param name="batch">Rollouts of the policy as it is.</param>
    /// <exception cref="ArgumentException">A response is empty or its arrays differ in length.</exception>
    public UpdateStats WarmUpCritic(int round, UpdateBatch batch) =>
        Train("tppo-warm-up", round, batch, 0, settings.CriticLearningRate);

    /// <summary>One update of policy and critic.</summary>
    /// <param name="update">Its number, from 0; decides the rates.</param>
    /// <param name="batch">Rollouts of the policy as it is.</param>
    /// <exception cref="ArgumentException">A response is empty or its arrays differ in length.</exception>
    public UpdateStats Update(int update, UpdateBatch batch)
    {
        var done = update / (double)settings.Updates;
        return Train(
            "tppo-update",
            update,
            batch,
            LearningRate.At(settings.LearningRate, update, settings.RateWarmupUpdates, done, settings.FinalRateShare),
            LearningRate.At(settings.CriticLearningRate, update, 0, done, settings.FinalRateShare));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        PolicyOptimiser.Dispose();
        CriticOptimiser.Dispose();
    }

    private UpdateStats Train(string purpose, int number, UpdateBatch batch, double policyRate, double criticRate)
    {
        var prepared = PreparedUpdate.Of(batch, Reference, Critic, settings);
        var value = new List<ValueLossStats>();
        var policy = new List<PolicyLossStats>();
        var imitation = new List<double>();
        var (norms, tokens) = (0.0, 0L);
        for (var epoch = 0; epoch < settings.Epochs; epoch++)
        {
            var order = Enumerable.Range(0, prepared.Windows).ToArray();
            var random = SeededRandom.For(purpose, batch.Seed, number.ToString(CultureInfo.InvariantCulture), epoch.ToString(CultureInfo.InvariantCulture));
            random.Shuffle<int>(order);
            foreach (var windows in order.Chunk(settings.Minibatch))
            {
                using var scope = NewDisposeScope();
                var minibatch = prepared.Take(windows);
                value.Add(TrainCritic(minibatch, criticRate));
                tokens += minibatch.Tree.RealTokens;
                if (policyRate <= 0) continue;
                var (stats, real, norm) = TrainPolicy(minibatch, policyRate);
                policy.Add(stats);
                if (real is { } crossEntropy) imitation.Add(crossEntropy);
                norms += norm;
                tokens += minibatch.Tree.RealTokens + (minibatch.RealTargets?.RealTokens ?? 0);
            }
        }

        PolicyOptimiser.ZeroGradients();
        CriticOptimiser.ZeroGradients();
        var described = prepared.Describe(settings.Shaping.KlWeight) with
        {
            ValueLoss = value.Average(stats => stats.Loss),
            ValueClipFraction = value.Average(stats => stats.ClipFraction),
            LearningRate = policyRate,
            Tokens = tokens,
            OptimiserSteps = value.Count + policy.Count,
        };
        return policy.Count == 0 ? described : described with
        {
            ApproximateKl = policy.Average(stats => stats.ApproximateKl),
            ClipFraction = policy.Average(stats => stats.ClipFraction),
            PolicyLoss = policy.Average(stats => stats.Loss),
            SftLoss = imitation.Count == 0 ? null : imitation.Average(),
            Ratio = policy.Average(stats => stats.Ratio),
            GradientNorm = norms / policy.Count,
        };
    }

    private ValueLossStats TrainCritic(Minibatch minibatch, double rate)
    {
        CriticOptimiser.ZeroGradients();
        var values_N = Critic.Scores(minibatch.Tree).squeeze(-1);
        var everyToken_N = ones_like(minibatch.OldValues_N);
        var (loss, stats) = ValueLoss.Clipped(values_N, minibatch.OldValues_N, minibatch.Returns_N, everyToken_N, settings.ValueClip);
        loss.backward();
        CriticOptimiser.Step(rate, settings.GradientNormMax);
        return stats;
    }

    private (PolicyLossStats Stats, double? CrossEntropy, double Norm) TrainPolicy(Minibatch minibatch, double rate)
    {
        PolicyOptimiser.ZeroGradients();
        var logProbs_N = Policy.LogProbs(minibatch.Tree);
        var (loss, stats) = PolicyLoss.Clipped(logProbs_N, minibatch.OldLogProbs_N, minibatch.Advantages_N, minibatch.InLoss_N, settings.Clip);
        double? crossEntropy = null;
        if (minibatch.RealTargets is not null)
        {
            var (real, figures) = LanguageModelLoss.CrossEntropy(Policy.LogProbs(minibatch.RealTargets));
            (loss, crossEntropy) = (loss.Plus(real.Times(settings.SftWeight)), figures.Loss);
        }

        loss.backward();
        return (stats, crossEntropy, PolicyOptimiser.Step(rate, settings.GradientNormMax));
    }
}
